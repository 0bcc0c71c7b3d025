// Runs as a process of its own: reads a FitWork as JSON from the file named by its argument and deletes that, fits it,
// writes the snapshot to the same file, and what else came of it, as JSON, to the file named by its second argument.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { loadBuiltinEncoder } from '../encoders/builtin/index.ts'
import { isStrataError } from '../errors/index.ts'
import { endWithParent } from './end-with-parent.ts'
import { evaluateVersion, type FitWork, fitVersion } from './fit-version.ts'

const FIT_PRIORITY = constants.priority.PRIORITY_BELOW_NORMAL
/** On Linux a priority is that of a thread; those that collect garbage and compile have started before this one. */
const threads = () =>
  process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [process.pid]

// Deciding goes first wherever both want the same core.
for (const thread of threads()) setPriority(thread, FIT_PRIORITY)
// Standard input ends with whoever asked for the fit.
const outlive = endWithParent(0)
const [, , file, outcomeFile] = process.argv as [string, string, string, string]
const work = JSON.parse(readFileSync(file, 'utf8')) as FitWork
rmSync(file)
const encoder = await loadBuiltinEncoder()
try {
  writeFileSync(file, fitVersion(work, encoder).save())
  const evaluation = work.isCandidate ? evaluateVersion(work, encoder) : null
  writeFileSync(outcomeFile, JSON.stringify({ evaluation }))
} catch (error) {
  if (!isStrataError(error)) throw error
  const { code, message, details } = error
  writeFileSync(outcomeFile, JSON.stringify({ refusal: { code, message, details } }))
}
await outlive()
