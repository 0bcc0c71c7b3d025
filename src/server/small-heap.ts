import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Keeps the youngest generation of the heap at its first size, 1 MB a half. It would grow to 16 MB a half within
 * seconds of load and stay there, though requests leave little behind that lives on.
 * @remarks For the whole process and threads started later; so only for a process that is a server.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}

/** Gives back what the start has left behind, which else stays until the heap is half as large again; about 50 ms. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as NodeJS.GCFunction
  setFlagsFromString('--no-expose-gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
