// Asks a server of its own everything that its OpenAPI document allows, and much that it does not:
// npm run fuzz:openapi -- [--seconds N] [--seed N]. Ends with 1 where an answer is not as documented.
import { parseArgs } from 'node:util'
import { fuzzOpenApi } from './fuzz.ts'
import { preparePython } from './python.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '240' },
    seed: { type: 'string', default: '1' },
  },
})
const [seconds, seed] = [Number(values.seconds), Number(values.seed)]
if (!(seconds >= 1 && seconds <= 3600) || !Number.isSafeInteger(seed)) {
  console.error('--seconds expects 1 to 3600, --seed a whole number.')
  process.exit(2)
}
const prepared = await preparePython()
if ('missing' in prepared) {
  console.error(prepared.missing)
  process.exit(2)
}
const { output, problems } = await fuzzOpenApi(prepared.program, { seconds, seed })
console.log(output)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0
