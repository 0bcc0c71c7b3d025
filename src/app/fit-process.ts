// Runs as a process of its own: reads a FitWork as JSON from standard input, fits it, and writes the snapshot to the file
// named by its argument, and what else came of it, as JSON, to that file with the ending .json.
import { writeFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { json } from 'node:stream/consumers'
import { loadBuiltinEncoder } from '../encoders/builtin/index.ts'
import { isStrataError } from '../errors/index.ts'
import { evaluateVersion, type FitWork, fitVersion } from './fit-version.ts'

// Deciding goes first wherever both want the same core.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
const file = process.argv[2] as string
const work = (await json(process.stdin)) as FitWork
const encoder = await loadBuiltinEncoder()
try {
  writeFileSync(file, fitVersion(work, encoder).save())
  const evaluation = work.isCandidate ? evaluateVersion(work, encoder) : null
  writeFileSync(`${file}.json`, JSON.stringify({ evaluation }))
} catch (error) {
  if (!isStrataError(error)) throw error
  const { code, message, details } = error
  writeFileSync(`${file}.json`, JSON.stringify({ refusal: { code, message, details } }))
}
