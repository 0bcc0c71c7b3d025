import { beforeEach, describe, expect, it } from 'vitest'
import { BudgetKeeper } from '../access/budget-keeper.ts'
import { ANYONE, type Identity } from '../access/identity.ts'
import { RateLimits } from '../access/rate-limits.ts'
import { UsageBook } from '../access/usage-book.ts'
import type { BudgetRefusal, CallOptions, Provider, ProviderAnswer, Target } from '../contracts/index.ts'
import { Breaker } from '../execution/breaker.ts'
import { FairQueue } from '../execution/fair-queue.ts'
import { ManualTime, readAll, settled } from '../execution/manual-time.ts'
import { RetryBudget } from '../execution/retry-budget.ts'
import { Admission } from './admission.ts'
import { attemptCalls } from './attempt.ts'
import { type Deployment, type Model, ModelBook } from './model-book.ts'
import { Runtime } from './runtime.ts'

const PRICE = { inputPerMillion: 1, outputPerMillion: 1 }
const USAGE = {
  inputTokens: 1,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 1,
  reasoningTokens: 0,
}

/** A runtime whose provider is answered by hand, and whose budgets refuse the keys in `refused`. */
function setUp() {
  const time = new ManualTime()
  const calls: { options: CallOptions; answer: PromiseWithResolvers<ProviderAnswer> }[] = []
  const refused = new Set<string>()
  const decided: string[] = []
  const targets = new Map<string, Target>([['refunds', { model: 'first' }]])
  const confidence = { value: 0.9 }
  const route = { name: 'refunds' }
  const provider: Provider = {
    name: 'local',
    call(_call, _model, options) {
      const answer = Promise.withResolvers<ProviderAnswer>()
      calls.push({ options, answer })
      return answer.promise
    },
  }
  const model = (name: string, isPriced = true): Model => {
    const deployment: Deployment = {
      of: name,
      provider,
      model: name,
      price: isPriced ? PRICE : undefined,
      timeouts: {},
      retryBudget: new RetryBudget({ ratio: 0, minPerSecond: 0, maxSaved: 1 }),
      breaker: new Breaker({ windowMs: 1000, minimumCalls: 9, failureShare: 1, openMs: 1, probes: 1 }),
    }
    return { name, deployments: [deployment], fallbacks: [] }
  }
  const limits = new RateLimits({}, time)
  const queue = new FairQueue({
    slots: 8,
    maxWaiting: 8,
    maxWaitingPerTenant: 8,
    maxWaitMs: 1000,
    clock: time,
    timer: time.timer,
  })
  let ids = 0
  const runtime = new Runtime({
    models: new ModelBook([model('first'), model('second'), model('unpriced', false)]),
    routing: {
      decide(set, text) {
        decided.push(`${set} ${text}`)
        return {
          route: route.name,
          confidence: confidence.value,
          candidates: [{ route: route.name, confidence: confidence.value, score: 1 }],
          reason: 'semantic',
          snapshot: 's',
        } as never
      },
      target: (_set, name) => targets.get(name),
      hasSet: (set) => ['default', 'other'].includes(set),
    },
    sessionMargin: 0.2,
    coalesces: true,
    attempt: attemptCalls({
      retry: { attempts: 1, baseMs: 1, capMs: 1 },
      poolOf: () => undefined,
      clock: time,
      timer: time.timer,
      random: () => 0.5,
      onAttempt() {},
    }),
    admission: new Admission({
      limits,
      budgets: new BudgetKeeper({
        store: {
          async apply(_settlements, requests) {
            return requests.map(({ lines: [line] }): BudgetRefusal | null =>
              line !== undefined && refused.has(line.subject) ? { line, spentMicroUsd: 1 } : null,
            )
          },
          spent: async () => [],
          deleteEndedBefore: async () => {},
        },
        clock: time,
        timer: time.timer,
        tenants: {},
        routes: {},
        whenAway: 'refuse',
      }),
      usage: new UsageBook({
        store: { add: async () => {}, query: async () => [], deleteBefore: async () => {} } as never,
        clock: time,
        timer: time.timer,
        daysKept: 1,
      }),
      tenants: {},
      routeBudgets: {},
      countsTokens: false,
      onUsed() {},
    }),
    queue,
    clock: time,
    nextId: () => `exe_${ids++}`,
    onCoalesced() {},
  })
  const execute = (changes: Record<string, unknown> = {}, text = 'hello') =>
    runtime.execute({
      call: {
        protocol: 'openai-chat',
        body: { messages: [{ role: 'user', content: text }] },
        stream: false,
      },
      model: 'first',
      identity: ANYONE,
      signal: new AbortController().signal,
      ...changes,
    })
  return { calls, refused, decided, targets, confidence, route, queue, limits, execute }
}

const key = (keyId: string, changes: Partial<Identity> = {}): Identity => ({ ...ANYONE, keyId, ...changes })
const WHOLE: ProviderAnswer = { kind: 'whole', text: '{}', usage: USAGE }
const streamed = (...texts: string[]): ProviderAnswer => ({
  kind: 'stream',
  events: (async function* () {
    yield* texts
  })(),
  usage: () => USAGE,
})

let given: ReturnType<typeof setUp>
beforeEach(() => {
  given = setUp()
})

describe('equal calls of several keys', () => {
  it('are each held to the limits of their own key', async () => {
    const slow = key('slow', { limits: { requestsPerMinute: 1 } })
    const asked = [given.execute(), given.execute({ identity: slow }), given.execute({ identity: slow })]
    const [, , refused] = asked
    await expect(refused).rejects.toMatchObject({ code: 'rate_limited' })
    await settled()
    expect(given.calls).toHaveLength(1)
    given.calls[0]?.answer.resolve(WHOLE)
    expect(await Promise.all(asked.slice(0, 2))).toMatchObject([
      { isCoalesced: false },
      { isCoalesced: true },
    ])
  })

  it('are not refused for want of a budget of another key', async () => {
    given.refused.add('key:poor')
    const budgets = { dailyUsd: 1 }
    const poor = expect(given.execute({ identity: key('poor', { budgets }) })).rejects.toMatchObject({
      code: 'budget_exceeded',
    })
    const rich = given.execute({ identity: key('rich', { budgets }) })
    await poor
    await settled()
    given.calls[0]?.answer.resolve(WHOLE)
    await expect(rich).resolves.toMatchObject({ isCoalesced: false })
  })

  it('share no answer where their routes differ, which some providers answer by', async () => {
    given.targets.set('returns', { model: 'first' })
    const asked = [given.execute({ model: 'route:refunds' }), given.execute({ model: 'route:returns' })]
    await settled()
    expect(given.calls.map(({ options }) => options.route)).toEqual(['refunds', 'returns'])
    for (const { answer } of given.calls) answer.resolve(WHOLE)
    await Promise.all(asked)
  })
})

describe('what a call holds', () => {
  it('is given back where the caller leaves between the first event and its being handed on', async () => {
    const caller = new AbortController()
    const asked = given.execute({
      signal: caller.signal,
      mayCoalesce: false,
      call: { protocol: 'openai-chat', body: { messages: [], stream: true }, stream: true },
    })
    await settled()
    given.calls[0]?.answer.resolve(streamed('a'))
    // A few turns of promises later it is on its way through the policies.
    for (let turn = 0; turn < 6; turn++) await undefined
    caller.abort(new Error('left'))
    const { answer } = await asked
    await expect(readAll((answer as { events: AsyncIterable<string> }).events)).rejects.toThrow('left')
    expect(given.queue.running).toBe(0)
  })

  it('counts no request that is refused as its model has no price', async () => {
    const identity = key('budgeted', { budgets: { dailyUsd: 1 }, limits: { requestsPerMinute: 1 } })
    await expect(given.execute({ identity, model: 'unpriced' })).rejects.toMatchObject({
      code: 'model_unpriced',
    })
    const asked = given.execute({ identity })
    await settled()
    given.calls[0]?.answer.resolve(WHOLE)
    await expect(asked).resolves.toBeDefined()
  })
})

it('needs no budget to count tokens', async () => {
  given.refused.add('key:poor')
  const identity = key('poor', { budgets: { dailyUsd: 1 } })
  for (const model of ['first', 'unpriced']) {
    const counted = await given.execute({ identity, model, purpose: 'count' })
    expect(JSON.parse((counted.answer as { text: string }).text).input_tokens).toBeGreaterThan(0)
  }
})

describe('conversations', () => {
  const answered = async (changes: Record<string, unknown>, text?: string) => {
    const asked = given.execute({ model: 'auto', session: 'one', ...changes }, text)
    void settled().then(() => given.calls.at(-1)?.answer.resolve(WHOLE))
    return (await asked).deployment.of
  }

  it('are led nowhere by a call that is refused', async () => {
    given.targets.set('returns', { model: 'second' })
    const narrow = key('narrow', { models: new Set(['second']) })
    await expect(answered({ identity: narrow })).rejects.toMatchObject({ code: 'permission_denied' })
    given.route.name = 'returns'
    given.confidence.value = 0.1
    expect(await answered({ identity: narrow })).toBe('second')
  })

  it('of one route set are not those of another', async () => {
    expect(await answered({})).toBe('first')
    given.targets.set('refunds', { model: 'second' })
    expect(await answered({ routeSet: 'other' })).toBe('second')
    expect(await answered({})).toBe('first')
  })

  it('are not decided by a route set that the key is not for', async () => {
    const narrow = key('narrow', { routeSets: new Set(['default']), models: new Set(['second']) })
    await expect(answered({ identity: narrow, routeSet: 'other' })).rejects.toThrow('route set other')
    expect(given.decided).toEqual([])
  })
})
