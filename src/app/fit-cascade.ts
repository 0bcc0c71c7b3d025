import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import type { RouteSet } from '../contracts/index.ts'
import { packageRoot } from './package-root.ts'
import type { EncoderSettings } from './slower-encoder.ts'

/** What to fit a cascade from. */
export interface CascadeWork {
  readonly routeSet: RouteSet
  readonly encoder: EncoderSettings
  readonly share: number
}

/** Fits a cascade and returns what `Cascade.save` does. */
export type FitCascade = (work: CascadeWork, signal: AbortSignal) => Promise<Uint8Array>

const program = import.meta.url.endsWith('.ts')
  ? join(packageRoot, 'src', 'app', 'cascade-process.ts')
  : join(packageRoot, 'dist', 'app', 'cascade-process.js')

const QUOTED_CHARACTERS = 500

/**
 * Fits a cascade in another process, which loads the slower encoder for itself, so that nobody here waits for it, and
 * which ends with this one.
 */
export const fitCascadeInProcess: FitCascade = async (work, signal) => {
  signal.throwIfAborted()
  const folder = await mkdtemp(join(tmpdir(), 'stratarouter-cascade-'))
  try {
    const file = join(folder, 'cascade')
    await run(file, JSON.stringify(work), signal)
    const { buffer, byteOffset, byteLength } = await readFile(file)
    return new Uint8Array(buffer, byteOffset, byteLength)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function run(file: string, input: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // The last one never says anything, and ends with this process.
    const child = spawn(process.execPath, [program, file], {
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
      signal,
    }) as ChildProcessByStdio<Writable, null, Readable>
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-QUOTED_CHARACTERS)
    })
    child.once('error', reject)
    // A process that has ended before it read everything says so by how it ended.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else {
        const reason = said.trim() || `code ${code}`
        reject(new Error(`the process that fits cascades ended: ${reason}`))
      }
    })
  })
}
