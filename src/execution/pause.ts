import type { Timer } from '../contracts/index.ts'

/** Waits; rejects with the signal's reason as soon as that is aborted. */
export function pause(delayMs: number, signal: AbortSignal, timer: Timer): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason)
      return
    }
    const onAbort = () => {
      cancel()
      reject(signal.reason)
    }
    const cancel = timer(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, delayMs)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
