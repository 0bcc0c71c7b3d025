// A server process for tests: configured by STRATAROUTER_ variables alone.
import { loadConfig } from '../../src/config/index.ts'
import { isStrataError } from '../../src/errors/index.ts'
import { runServer } from '../../src/server/index.ts'

try {
  await runServer(loadConfig())
  process.exit(0)
} catch (error) {
  if (!isStrataError(error)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
