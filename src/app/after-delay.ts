/** Real time, as a `Timer`; keeps no process alive. */
export function afterDelay(callback: () => void, delayMs: number): () => void {
  const timer = setTimeout(callback, delayMs)
  timer.unref()
  return () => clearTimeout(timer)
}
