// Runs as a process of its own: the mock provider, for load. Prints its address as one line, {"url": "http://127.0.0.1:PORT"}, and
// ends when its standard input does, if that is a pipe.
// node mock-provider-process.ts --port 0 --delay-ms 20 --events 20 --characters-per-event 16 --event-delay-ms 0 --fault none --fast
import { fstatSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { endWithParent } from '../../app/end-with-parent.ts'
import type { MockFault } from './mock-fault.ts'
import { startMockProvider } from './mock-provider.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'delay-ms': { type: 'string', default: '0' },
    events: { type: 'string' },
    'characters-per-event': { type: 'string' },
    'event-delay-ms': { type: 'string', default: '0' },
    fault: { type: 'string' },
    // Remembers no requests.
    fast: { type: 'boolean', default: false },
  },
})

const standardInput = fstatSync(0)
if (standardInput.isFIFO() || standardInput.isSocket()) endWithParent(0)
const provider = await startMockProvider({
  port: Number(values.port),
  delayMs: Number(values['delay-ms']),
  eventDelayMs: Number(values['event-delay-ms']),
  keepRequests: values.fast ? 0 : 1000,
  ...(values.events !== undefined && { events: Number(values.events) }),
  ...(values['characters-per-event'] !== undefined && {
    charactersPerEvent: Number(values['characters-per-event']),
  }),
})
try {
  provider.plan(values.fault as MockFault | undefined)
} catch (error) {
  if (!(error instanceof TypeError)) throw error
  console.error(error.message)
  process.exit(1)
}
console.log(JSON.stringify({ url: provider.url }))
