// What the policies of a call cost when all goes well: node benchmarks/micro/execution.ts
import {
  AttemptLog,
  Breaker,
  balanced,
  circuitBreaker,
  compose,
  DeploymentPool,
  FairQueue,
  failover,
  type Layer,
  queued,
  RetryBudget,
  recordAttempts,
  retry,
  SingleFlight,
  type StreamAccess,
  singleFlight,
  timeouts,
} from '../../src/execution/index.ts'

const ROUNDS = 15
const CALLS = 20_000
const EVENTS = 100

interface Request {
  readonly signal: AbortSignal
  readonly deadlineMs?: number | undefined
  readonly key: string
  readonly target: string
  readonly fallbacks: readonly string[]
  readonly attempts: AttemptLog<string>
}
type Answer = string | AsyncIterable<string>

const streams: StreamAccess<Answer, string> = {
  events: (answer) => (typeof answer === 'string' ? undefined : answer),
  replace: (_, events) => events,
}
const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
const timer = (callback: () => void, delayMs: number) => {
  const timeout = setTimeout(callback, delayMs).unref()
  return () => clearTimeout(timeout)
}
const shared = { clock, timer, streams }

const breaker = new Breaker({
  windowMs: 10_000,
  minimumCalls: 20,
  failureShare: 0.5,
  openMs: 5_000,
  probes: 1,
})
const budget = new RetryBudget({ ratio: 0.2, minPerSecond: 1, maxSaved: 10 })
const queue = new FairQueue({
  slots: 100,
  maxWaiting: 100,
  maxWaitingPerTenant: 10,
  maxWaitMs: 1_000,
  ...shared,
})
const pool = new DeploymentPool(
  ['east', 'west'].map((deployment) => ({
    deployment,
    weight: 1,
    requestsPerMinute: 1e9,
    tokensPerMinute: 1e12,
  })),
  { balance: 'weight', cooldownMs: 1_000, isAvailable: (_, nowMs) => breaker.allows(nowMs) },
)
const share = { tenant: 'one', weight: 1 }

const layers: Readonly<Record<string, Layer<Request, Answer>>> = {
  'timeouts, total': timeouts({ limitsOf: () => TOTAL, ...shared }),
  'queue by tenant': queued({ queueOf: () => queue, shareOf: () => share, streams }),
  'single flight': singleFlight({
    flights: new SingleFlight<Answer, string>({
      ...streams,
      sizeOf: (event) => event.length,
      bufferBytes: 1e6,
      totalBytes: 1e7,
    }),
    keyOf: ({ key }) => key,
  }),
  failover: failover({ nameOf: (target: string) => target, clock }),
  retry: retry({ policyOf: () => POLICY, budgetOf: () => budget, random: Math.random, ...shared }),
  deployments: balanced({
    poolOf: () => pool,
    nameOf: ({ target }) => target,
    tokensOf: () => 100,
    withDeployment: (request, target: string) => ({ ...request, target }),
    usedTokensOf: () => 90,
    ...shared,
  }),
  attempts: recordAttempts(shared),
  'circuit breaker': circuitBreaker({ breakerOf: () => breaker, nameOf: ({ target }) => target, ...shared }),
  'timeouts, first byte and between events': timeouts({ limitsOf: () => ATTEMPT, ...shared }),
}
const TOTAL = { totalMs: 60_000 }
const ATTEMPT = { firstByteMs: 10_000, betweenEventsMs: 5_000 }
const POLICY = { attempts: 3, baseMs: 100, capMs: 2_000 }

const fallbacks = ['other']
const makeRequest = (): Request => ({
  signal: new AbortController().signal,
  key: 'key',
  target: 'fast',
  fallbacks,
  attempts: new AttemptLog(performance.now()),
})

async function* events() {
  for (let event = 0; event < EVENTS; event++) yield 'data: {}\n\n'
}

/** Mean nanoseconds a call of each round, sorted. */
async function time(calls: number, work: () => Promise<unknown>): Promise<number[]> {
  const results: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    for (let call = 0; call < calls; call++) await work()
    results.push(((performance.now() - start) * 1e6) / calls)
  }
  return results.sort((a, b) => a - b)
}

const figures = (nanoseconds: readonly number[], less = 0): string =>
  [nanoseconds[0]!, nanoseconds[nanoseconds.length >> 1]!, nanoseconds.at(-1)!]
    .map((value) => (value - less).toFixed(0).padStart(8))
    .join('')

async function print(name: string, given: readonly Layer<Request, Answer>[], less: number): Promise<number> {
  const call = compose<Request, Answer>(async () => 'answer', ...given)
  const results = await time(CALLS, () => call(makeRequest()))
  console.log(`${name.padEnd(46)}${figures(results, less)} ns`)
  return results[results.length >> 1]!
}

console.log(`Node ${process.version}; a call on its own, less the call without any layer\n`)
console.log(`${''.padEnd(46)}${'least'.padStart(8)}${'median'.padStart(8)}${'most'.padStart(8)}`)
const bare = await print('no layer (request, promise)', [], 0)
for (const [name, layer] of Object.entries(layers)) await print(name, [layer], bare)
await print('all layers', Object.values(layers), bare)

const read = async (answer: Promise<Answer>) => {
  for await (const _ of (await answer) as AsyncIterable<string>);
}
const bareStream = compose<Request, Answer>(async () => events())
const wholeStream = compose<Request, Answer>(async () => events(), ...Object.values(layers))
const without = await time(CALLS / EVENTS, () => read(bareStream(makeRequest())))
const withAll = await time(CALLS / EVENTS, () => read(wholeStream(makeRequest())))
const perEvent = (results: readonly number[]) => results.map((value) => value / EVENTS)
console.log(`\n${'an event of a stream, no layer'.padEnd(46)}${figures(perEvent(without))} ns`)
console.log(
  `${'all layers'.padEnd(46)}${figures(perEvent(withAll), without[without.length >> 1]! / EVENTS)} ns`,
)
