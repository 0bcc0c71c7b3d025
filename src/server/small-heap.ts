import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const nodeMajor = Number(process.versions.node.split('.')[0])

const FLAGS = [
  // The youngest generation would grow from 1 MB a half to 16 MB within seconds of load and stay there, though requests
  // leave little behind that lives on.
  '--semi-space-growth-factor=1',
  // Collects the old generation when it has grown by about a third, not when it has doubled; Node 22 cannot.
  ...(nodeMajor >= 24 ? ['--memory-saver-mode'] : []),
  // Compiles hot code once, to the last stage, instead of twice: the middle stage takes 15 MB while it works.
  '--no-maglev',
  // So small a generation is collected sooner than other threads can be woken to help.
  '--no-parallel-scavenge',
]

/**
 * Keeps what V8 holds beyond what is in use small.
 * @remarks For the whole process and threads started later; so only for a process that is a server.
 */
export function keepHeapSmall(): void {
  for (const flag of FLAGS) setFlagsFromString(flag)
}

/** Gives back what the start has left behind, which else stays until the heap is half as large again; about 50 ms. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as NodeJS.GCFunction
  setFlagsFromString('--no-expose-gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
