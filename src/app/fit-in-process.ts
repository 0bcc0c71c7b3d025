import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Evaluation } from '../contracts/index.ts'
import { type ErrorCode, type ErrorDetail, StrataError } from '../errors/index.ts'
import type { Fitted } from './fit-queue.ts'
import type { FitWork } from './fit-version.ts'
import { packageRoot } from './package-root.ts'
import { DRAFT_ENDING } from './snapshot-cache.ts'

const program = import.meta.url.endsWith('.ts')
  ? join(packageRoot, 'src', 'app', 'fit-process.ts')
  : join(packageRoot, 'dist', 'app', 'fit-process.js')

/** What the process writes beside the snapshot. */
interface Outcome {
  readonly evaluation?: Evaluation | null
  readonly refusal?: { readonly code: ErrorCode; readonly message: string; readonly details: ErrorDetail[] }
}

/**
 * Fits a route set in another process, with the built-in encoder. All memory that the fit takes (up to 1 GB) goes with
 * that process, and collecting its garbage stops nobody.
 * @param folder where the process writes, under names of drafts, so that what a crash leaves there is deleted later
 * @param signal ends the process; the promise then rejects with the signal's reason
 * @throws StrataError as `fitVersion` does
 */
export async function fitInProcess(
  work: FitWork,
  signal: AbortSignal,
  folder: string = tmpdir(),
): Promise<Fitted> {
  signal.throwIfAborted()
  // A file, not a pipe: what comes in pieces has to be put together, and the pieces stay with the allocator.
  const name = join(folder, `stratarouter-fit-${randomBytes(8).toString('hex')}`)
  const file = `${name}${DRAFT_ENDING}`
  const outcomeFile = `${name}.outcome${DRAFT_ENDING}`
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(file, JSON.stringify(work), { mode: 0o600 })
    await run(file, outcomeFile, signal)
    const { refusal, evaluation = null } = JSON.parse(await readFile(outcomeFile, 'utf8')) as Outcome
    if (refusal) throw new StrataError(refusal.code, refusal.message, { details: refusal.details })
    const { buffer, byteOffset, byteLength } = await readFile(file)
    // A plain array, as readers of snapshots expect.
    return { snapshot: new Uint8Array(buffer, byteOffset, byteLength), evaluation }
  } finally {
    await rm(file, { force: true })
    await rm(outcomeFile, { force: true })
  }
}

function run(file: string, outcomeFile: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    // What it reads from never says anything and ends with this process, and then the fit ends too.
    const child = spawn(process.execPath, [program, file, outcomeFile], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    const abort = () => child.kill('SIGKILL')
    signal.addEventListener('abort', abort, { once: true })
    child.once('error', reject)
    child.once('exit', (code, killedBy) => {
      signal.removeEventListener('abort', abort)
      if (signal.aborted) reject(signal.reason)
      else if (code === 0) resolve()
      else reject(new Error(`the process that fits route sets ended with ${killedBy ?? `code ${code}`}`))
    })
  })
}
