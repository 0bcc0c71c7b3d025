import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { RouteSet } from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'

const START_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 10_000

/** A server of one process on a free port of this machine, for as long as it is measured. */
export class OwnServer {
  readonly url: URL
  readonly startSeconds: number
  readonly #child: ChildProcess
  readonly #folder: string

  private constructor(url: URL, startSeconds: number, child: ChildProcess, folder: string) {
    this.url = url
    this.startSeconds = startSeconds
    this.#child = child
    this.#folder = folder
  }

  /** Started twice, so that the figures are those of a start from the cached snapshot. */
  static async start(set: RouteSet): Promise<OwnServer> {
    const folder = mkdtempSync(join(tmpdir(), 'stratarouter-bench-'))
    writeFileSync(join(folder, 'routes.json'), JSON.stringify({ version: 1, ...set }))
    try {
      const first = await launch(folder)
      await stop(first.child)
      const { url, child, seconds } = await launch(folder)
      return new OwnServer(url, seconds, child, folder)
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** Resident memory as the server itself reports it. */
  async residentMb(): Promise<number> {
    const text = await (await fetch(new URL('/metrics', this.url))).text()
    return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]) / 1e6
  }

  async stop(): Promise<void> {
    await stop(this.#child)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Takes nothing from the reader's own configuration. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(STRATAROUTER_|SR_|SERVER_PORT$|PORT$)/.test(name)),
  )
}

async function launch(folder: string): Promise<{ url: URL; child: ChildProcess; seconds: number }> {
  const words = ['serve', '--routes', join(folder, 'routes.json'), '--data-dir', folder, '--port', '0']
  const more = ['--host', '127.0.0.1', '--workers', '1', '--log-level', 'info', '--quiet']
  const start = performance.now()
  const child = spawn(process.execPath, [process.argv[1] as string, ...words, ...more], {
    cwd: folder,
    env: serverEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('close', () => process.removeListener('exit', kill))
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000)
  })
  const timer = setTimeout(kill, START_TIMEOUT_MS)
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /"url":"(http:[^"]+)"/.exec(line)?.[1]
    if (url === undefined) continue
    clearTimeout(timer)
    child.stdout.resume()
    return { url: new URL(url), child, seconds: (performance.now() - start) / 1000 }
  }
  clearTimeout(timer)
  throw new StrataError(
    'internal',
    `The server to be measured did not start: ${said.trim() || 'it said nothing'}.`,
  )
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await closed
  clearTimeout(timer)
}
