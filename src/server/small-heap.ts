import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const nodeMajor = Number(process.versions.node.split('.')[0])

const FLAGS = [
  // The youngest generation would grow from 1 MB a half to 16 MB within seconds of load and stay there, though requests
  // leave little behind that lives on.
  '--semi-space-growth-factor=1',
  // Compiles hot code once, to the last stage, instead of twice: the middle stage takes 15 MB while it works.
  '--no-maglev',
  // So small a generation is collected sooner than other threads can be woken to help.
  '--no-parallel-scavenge',
]

/** Collects the old generation when it has grown by about a third, not when it has doubled; Node 22 cannot. */
const SMALL_OLD_GENERATION = nodeMajor >= 24 ? ['--memory-saver-mode'] : []

/**
 * Calls of models live for milliseconds and longer, across collections, and so grow the old generation: it is collected
 * when it has grown by half. A third, as above, costs 15 µs a call and pauses of 10 ms.
 */
const ROOM_FOR_CALLS = ['--heap-growing-percent=50']

/**
 * Keeps what V8 holds beyond what is in use small.
 * @param callsModels whether requests wait for others, and live on meanwhile
 * @remarks For the whole process and threads started later; so only for a process that is a server.
 */
export function keepHeapSmall(callsModels = false): void {
  for (const flag of [...FLAGS, ...(callsModels ? ROOM_FOR_CALLS : SMALL_OLD_GENERATION)]) {
    setFlagsFromString(flag)
  }
}

/** Gives back what the start has left behind, which else stays until the heap is half as large again; about 50 ms. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as NodeJS.GCFunction
  setFlagsFromString('--no-expose-gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
