// Serves calls at half of what the gateway can for minutes or hours, and tells whether its memory grows:
// node benchmarks/gateway/soak.ts --minutes 10 [--out FILE]; ends with code 1 where it does. Builds nothing.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { ServerProcess } from '../load/processes.ts'
import { readSourceState } from '../quality/result-file.ts'
import { bodiesFor } from './conversations.ts'
import { API_KEY, Generator, startGateway, startMock } from './processes.ts'
import { type Sample, slopeOf } from './slope.ts'
import type { Requests } from './tasks.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    out: { type: 'string', default: fileURLToPath(new URL('results/soak.json', import.meta.url)) },
  },
})
const minutes = Number(values.minutes)
if (!(minutes >= 1)) throw new Error(`Expected --minutes to be 1 or more, got ${values.minutes}.`)

const CONNECTIONS = 64
const CAPACITY_SECONDS = 10
const SEGMENT_SECONDS = 10
const SAMPLE_MS = 1000
/** One call in so many is streamed. */
const STREAMED = 10

interface Segment {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

function requestsTo(port: number): Requests {
  const streams = bodiesFor('fast', { isStreamed: true })
  return {
    port,
    path: '/v1/chat/completions',
    headers: { authorization: `Bearer ${API_KEY}` },
    bodies: bodiesFor('fast').map((body, index) => (index % STREAMED === 0 ? streams[index]! : body)),
  }
}

async function soak(gateway: ServerProcess, generator: Generator) {
  const requests = requestsTo(gateway.port)
  const capacity = await generator.load(requests, {
    connections: CONNECTIONS,
    seconds: CAPACITY_SECONDS,
    warmUpSeconds: 2,
  })
  const perSecond = Math.floor(capacity.answered / capacity.seconds / 2)
  console.error(`half of what it can: ${perSecond} requests a second, for ${minutes} minutes`)
  const samples: Sample[] = []
  const segments: Segment[] = []
  const start = performance.now()
  const seconds = () => (performance.now() - start) / 1000
  const sampling = setInterval(() => samples.push({ seconds: seconds(), mb: gateway.rssMb() }), SAMPLE_MS)
  try {
    while (seconds() < minutes * 60) {
      const outcome = await generator.load(requests, {
        connections: CONNECTIONS,
        seconds: SEGMENT_SECONDS,
        perSecond,
      })
      const { answered, p50Ms, p99Ms } = outcome
      segments.push({ perSecond: answered / outcome.seconds, p50Ms, p99Ms })
    }
  } finally {
    clearInterval(sampling)
  }
  return {
    minutes,
    perSecond,
    requests: Math.round(perSecond * seconds()),
    slope: slopeOf(samples),
    segments,
    samples,
  }
}

const folder = mkdtempSync(join(tmpdir(), 'stratarouter-soak-'))
const { commit, hasLocalChanges } = readSourceState()
const mock = await startMock()
const gateway = await startGateway(folder, { fast: mock.port })
const generator = new Generator()
try {
  const result = await soak(gateway, generator)
  const { mbPerHour, marginMbPerHour } = result.slope
  const grows = mbPerHour - marginMbPerHour > 0
  mkdirSync(dirname(values.out), { recursive: true })
  const conditions = {
    commit,
    hasLocalChanges,
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
  }
  writeFileSync(values.out, `${JSON.stringify({ conditions, ...result }, null, 1)}\n`)
  console.log(
    `${grows ? 'GROWS  ' : 'steady '} ${mbPerHour.toFixed(2)} MB an hour (± ${marginMbPerHour.toFixed(2)}), last ${result.samples.at(-1)?.mb.toFixed(1)} MB, ${result.requests.toLocaleString('en-US')} requests`,
  )
  if (grows) process.exitCode = 1
} finally {
  generator.stop()
  await gateway.stop()
  await mock.stop()
  rmSync(folder, { recursive: true })
}
