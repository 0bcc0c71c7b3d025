import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Load, LoadOutcome, Requests } from './tasks.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const inFolder = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** True where processes can be held to a core each: Linux with two cores or more. */
export const canPin = availableParallelism() >= 2 && spawnSync('taskset', ['--version']).status === 0

/** Of the server that is measured, and of everything that it is measured with. */
export const SERVER_CORE = 0
export const GENERATOR_CORE = 1

/** Clock ticks a second in /proc, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

/** Starts Node, held to a core where one is named and can be held to. */
export function startNode(core: number | undefined, args: readonly string[], options: object): ChildProcess {
  return canPin && core !== undefined
    ? spawn('taskset', ['-c', String(core), process.execPath, ...args], options)
    : spawn(process.execPath, args, options)
}

/** A server in a process of its own. */
export class ServerProcess {
  readonly port: number
  /** From the start of the process to the line that says it is ready. */
  readonly startMs: number
  readonly #process: ChildProcess

  private constructor(process: ChildProcess, port: number, startMs: number) {
    this.#process = process
    this.port = port
    this.startMs = startMs
  }

  /** @param portOf reads the port from a line of output; null for another line */
  static async start(
    args: readonly string[],
    portOf: (line: string) => number | null,
    {
      isPinned = true,
      core = SERVER_CORE,
      env = {},
    }: { isPinned?: boolean; core?: number; env?: Record<string, string> } = {},
  ): Promise<ServerProcess> {
    const startMs = performance.now()
    const child = startNode(isPinned ? core : undefined, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const port = await new Promise<number>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`a server ended with code ${code} before it was ready`)))
      createInterface({ input: child.stdout! }).on('line', (line) => {
        const found = portOf(line)
        if (found !== null) resolve(found)
      })
    })
    return new ServerProcess(child, port, performance.now() - startMs)
  }

  /** Node alone, with an answer of that text. */
  static startBare(answer: string): Promise<ServerProcess> {
    return ServerProcess.start([inFolder('bare-server.ts'), answer], Number)
  }

  /** The server as it is built, in the default configuration. */
  static startOurs(
    routeFile: string,
    dataDir: string,
    { flags = [], isPinned = true }: { flags?: readonly string[]; isPinned?: boolean } = {},
  ): Promise<ServerProcess> {
    const args = ['serve', ...(routeFile === '' ? [] : ['--routes', routeFile]), '--port', '0', ...flags]
    // As scripts/bootstrap.mjs starts it.
    const env = { STRATAROUTER_DATA_DIR: dataDir, MALLOC_ARENA_MAX: '1' }
    return ServerProcess.start(['dist/cli/main.js', ...args], portOfReadyLine, { isPinned, env })
  }

  /** Seconds of processor time used so far by the process and its children; NaN where the system does not tell. */
  cpuSeconds(): number {
    return cpuSecondsOf(this.#process.pid!)
  }

  /** Resident memory of the process alone, in MB (1,000,000 bytes); NaN where the system does not tell. */
  rssMb(): number {
    try {
      const status = readFileSync(`/proc/${this.#process.pid}/status`, 'utf8')
      return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6
    } catch {
      return Number.NaN
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGINT')
    await ended
  }
}

function cpuSecondsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
    const own = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
    return children.reduce((sum, child) => sum + cpuSecondsOf(Number(child)), own)
  } catch {
    return Number.NaN
  }
}

/** From the line in which the server says that it is ready. */
export function portOfReadyLine(line: string): number | null {
  const { message, url } = JSON.parse(line) as { message: string; url?: string }
  return message === 'ready' && url !== undefined ? Number(new URL(url).port) : null
}

/** The generator, in a process on the other core. */
export class Generator {
  readonly #process = startNode(GENERATOR_CORE, [inFolder('generator.ts')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })

  prepare(requests: Requests): Promise<unknown> {
    return this.#ask(requests)
  }

  run(load: Load): Promise<LoadOutcome> {
    return this.#ask(load) as Promise<LoadOutcome>
  }

  stop(): void {
    this.#process.disconnect()
  }

  async #ask(message: object): Promise<unknown> {
    const answer = once(this.#process, 'message') as Promise<[{ error?: string }]>
    this.#process.send(message)
    const [outcome] = await answer
    if (outcome.error !== undefined) throw new Error(`the generator failed: ${outcome.error}`)
    return outcome
  }
}
