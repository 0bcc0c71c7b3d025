import { Worker } from 'node:worker_threads'
import type { RouteSet } from '../contracts/index.ts'

// The compiler rewrites the names in imports but not this one.
const workerFile = import.meta.url.endsWith('.ts') ? './fit-worker.ts' : './fit-worker.js'

/**
 * Fits a route set on another thread, with the built-in encoder, and returns the snapshot.
 * @param signal ends the thread; the promise then rejects with the signal's reason
 */
export function fitInWorker(routeSet: RouteSet, signal: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const worker = new Worker(new URL(workerFile, import.meta.url), { workerData: routeSet })
    const abort = () => {
      reject(signal.reason)
      void worker.terminate()
    }
    signal.addEventListener('abort', abort, { once: true })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', abort)
      // After a message or an error this changes nothing.
      reject(new Error(`the thread that fits route sets ended with code ${code} and no snapshot`))
    })
  })
}
