import { mkdir, open, rm, stat, utimes } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pauseFor } from 'node:timers/promises'

/** What tests replace. */
interface Pacing {
  readonly now: () => number
  /** @throws the reason of the signal when that fires */
  readonly pause: (signal: AbortSignal) => Promise<void>
}

const PAUSE_MS = 500
const TOUCHED_EVERY_MS = 3000
/** A file that nobody has touched for this long was left behind by a process that crashed. */
const STALE_MS = 60_000

const real: Pacing = {
  now: () => Date.now(),
  pause: (signal) => pauseFor(PAUSE_MS, undefined, { signal }),
}

/**
 * Does work while no other process that names the same file does, waiting until they are done. What it spares is work,
 * not harm: after a crash two that wait may both begin, and where no file can be written nobody waits.
 * @param file is there for as long as the work lasts
 * @throws the reason of the signal, and what `work` does
 */
export async function oneAtATime<Result>(
  file: string,
  signal: AbortSignal,
  work: () => Promise<Result>,
  { now, pause }: Pacing = real,
): Promise<Result> {
  const isFolder = await mkdir(dirname(file), { recursive: true }).then(
    () => true,
    () => false,
  )
  while (isFolder && (await isTaken(file))) {
    signal.throwIfAborted()
    if (now() - (await touchedMs(file)) > STALE_MS) await rm(file, { force: true })
    else await pause(signal)
  }
  const touching = setInterval(() => {
    const seconds = now() / 1000
    // Where it is gone another one may have begun, and there is nothing left to touch.
    utimes(file, seconds, seconds).catch(() => clearInterval(touching))
  }, TOUCHED_EVERY_MS).unref()
  try {
    return await work()
  } finally {
    clearInterval(touching)
    if (isFolder) await rm(file, { force: true })
  }
}

/** Takes it unless it is taken; where it cannot be taken at all, it is not. */
async function isTaken(file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx')).close()
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST'
  }
}

/** When the file was touched; for ever to come when it is gone by now. */
async function touchedMs(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Number.POSITIVE_INFINITY
    throw error
  }
}
