import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { RouteSet } from '../contracts/index.ts'
import { packageRoot } from './package-root.ts'

const program = import.meta.url.endsWith('.ts')
  ? join(packageRoot, 'src', 'app', 'fit-process.ts')
  : join(packageRoot, 'dist', 'app', 'fit-process.js')

/**
 * Fits a route set in another process, with the built-in encoder, and returns the snapshot. All memory that the fit
 * takes (up to 1 GB) goes with that process, and collecting its garbage stops nobody.
 * @param signal ends the process; the promise then rejects with the signal's reason
 */
export function fitInProcess(routeSet: RouteSet, signal: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
    const chunks: Buffer[] = []
    const abort = () => {
      reject(signal.reason)
      child.kill('SIGKILL')
    }
    signal.addEventListener('abort', abort, { once: true })
    child.once('error', reject)
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    // A process that has ended early says so by its exit code.
    child.stdin.on('error', () => {})
    child.stdin.end(JSON.stringify(routeSet))
    child.once('close', (code, killedBy) => {
      signal.removeEventListener('abort', abort)
      if (code === 0) resolve(joined(chunks))
      else reject(new Error(`the process that fits route sets ended with ${killedBy ?? `code ${code}`}`))
    })
  })
}

/** A plain array, as readers of snapshots expect. */
function joined(chunks: readonly Buffer[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let end = 0
  for (const chunk of chunks) {
    bytes.set(chunk, end)
    end += chunk.length
  }
  return bytes
}
