import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
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

/** Calls of models live on across collections, and so grow the old generation, which is collected when it has grown by half. */
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

const YOUNG_BYTES = 2 * 8 * 1024 * 1024
const CHECK_MS = 1000

/**
 * Has the youngest generation take 8 MB a half, and as much again after V8 has made it smaller in a pause: of calls that
 * take milliseconds, 1 MB holds so few that most are under way when it is collected, and are copied twice and then kept.
 */
export function makeRoomForCalls(): void {
  growYoungGeneration()
  setInterval(growYoungGeneration, CHECK_MS).unref()
}

/** V8 lets it grow only by what survives in it: some 10 ms of making objects that do. */
function growYoungGeneration(): void {
  if (youngBytes() >= YOUNG_BYTES) return
  setFlagsFromString('--semi-space-growth-factor=2')
  const survivors: object[] = []
  for (let count = 0; count < MOST_SURVIVORS && youngBytes() < YOUNG_BYTES; count++) {
    survivors[count % SURVIVORS_KEPT] = Array.from({ length: SURVIVOR_SIZE }, (_, index) => ({ index }))
  }
  setFlagsFromString('--semi-space-growth-factor=1')
}

const SURVIVOR_SIZE = 2000
const SURVIVORS_KEPT = 40
const MOST_SURVIVORS = 2000

const youngBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? YOUNG_BYTES
