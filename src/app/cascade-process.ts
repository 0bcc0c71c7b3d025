// Runs as a process of its own: reads a CascadeWork as JSON from standard input, fits it, and writes the cascade to the
// file named by its argument. It ends with whoever holds the other end of its fourth file.
import { writeFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { json } from 'node:stream/consumers'
import type { AsyncEncoder } from '../contracts/index.ts'
import { Cascade } from '../core/index.ts'
import { loadBuiltinEncoder } from '../encoders/builtin/index.ts'
import { isStrataError } from '../errors/index.ts'
import { endWithParent } from './end-with-parent.ts'
import type { CascadeWork } from './fit-cascade.ts'
import { loadSlowerEncoder } from './slower-encoder.ts'

// Deciding goes first wherever both want the same core.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
const letGo = endWithParent(3)
const { routeSet, encoder, share } = (await json(process.stdin)) as CascadeWork
try {
  const slow = (await loadSlowerEncoder(encoder)) as AsyncEncoder
  const fast = await loadBuiltinEncoder()
  const cascade = await Cascade.compile(routeSet, { fast, slow, ask: { share } })
  writeFileSync(process.argv[2] as string, cascade.save())
} catch (error) {
  if (!isStrataError(error)) throw error
  // What can be foreseen is told in its own words, without where in the program it was noticed.
  process.stderr.write(error.message)
  process.exitCode = 1
}
await letGo()
