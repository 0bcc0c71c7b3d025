import { createServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Protocol } from '../../src/contracts/index.ts'
import type { MockRequest } from '../../src/testing/index.ts'
import { CALLERS, type Caller, callOf, errorIn, readAnswer } from './callers.ts'
import { FAILURE_MODES, type FailureMode, RETRIES, type Seen } from './failure-modes.ts'
import { serveGateway } from './gateway.ts'

/** One for each test, since breakers, retry budgets and cool-downs are kept for each. */
interface Case {
  readonly model: string
  readonly mode: FailureMode
  readonly protocol: Protocol
  readonly isStreamed: boolean
  readonly hasFallback: boolean
}

const cases: readonly Case[] = FAILURE_MODES.flatMap((mode, number) =>
  CALLERS.flatMap(({ protocol }) =>
    [false, true].flatMap((isStreamed) =>
      [false, true].map((hasFallback) => ({
        model: `${protocol}-${number}-${isStreamed ? 'streamed' : 'whole'}-${hasFallback ? 'with' : 'alone'}`,
        mode,
        protocol,
        isStreamed,
        hasFallback,
      })),
    ),
  ),
)

const planned = ({ mode, isStreamed }: Case) => (isStreamed ? mode.streamed : mode.whole)

let served: Awaited<ReturnType<typeof serveGateway>>
let nowhere: string
beforeAll(async () => {
  nowhere = `http://127.0.0.1:${await unusedPort()}/v1`
  served = await serveGateway((url) => {
    const at = (each: Case) => ({
      type: each.protocol === 'anthropic-messages' ? 'anthropic' : 'openai',
      apiKey: 'sk-provider-secret',
      baseUrl: planned(each).mock === 'refused' ? nowhere : `${url}/v1`,
      ...(each.mode.timeouts === undefined ? {} : { timeouts: each.mode.timeouts }),
    })
    return {
      providers: {
        ...Object.fromEntries(cases.map((each) => [each.model, at(each)])),
        'backup-openai': { type: 'openai', apiKey: 'sk-backup', baseUrl: `${url}/v1` },
        'backup-anthropic': { type: 'anthropic', apiKey: 'sk-backup', baseUrl: `${url}/v1` },
      },
      models: {
        ...Object.fromEntries(
          cases.map(({ model, protocol, hasFallback }) => [
            model,
            { provider: model, ...(hasFallback ? { fallbacks: [backupFor(protocol)] } : {}) },
          ]),
        ),
        'backup-openai': { provider: 'backup-openai' },
        'backup-anthropic': { provider: 'backup-anthropic' },
      },
      execution: { retries: RETRIES, retryBaseMs: 1, retryMaxMs: 10, breakerMinimumCalls: 1000 },
    }
  })
})
beforeEach(() => served.mock.reset())
afterAll(() => served.end())

const backupFor = (protocol: Protocol): string =>
  protocol === 'anthropic-messages' ? 'backup-anthropic' : 'backup-openai'

/** The fault for everyone but backups. */
function plan(each: Case): void {
  const { mock } = planned(each)
  if (mock === 'refused') return
  served.mock.plan(({ body }: MockRequest) => (isBackup(body) ? undefined : mock))
}

const isBackup = (body: unknown): boolean => (body as { model: string }).model.startsWith('backup-')

async function ask({ model, protocol, isStreamed }: Case) {
  const caller = CALLERS.find((each) => each.protocol === protocol) as Caller
  return { caller, answer: await readAnswer(served.gateway.url, caller, callOf(caller, model, isStreamed)) }
}

const title = ({ mode, protocol, isStreamed }: Case) =>
  `${mode.fault}: ${protocol}, ${isStreamed ? 'streamed' : 'whole'}`

describe('a fault of the only provider', () => {
  it.each(cases.filter(({ hasFallback }) => !hasFallback).map((each) => [title(each), each] as const))(
    'is told as its code, after as many calls as help: %s',
    async (_title, each) => {
      plan(each)
      const { seen } = planned(each)
      const { caller, answer } = await ask(each)
      expectSeen(seen, caller, answer)
      expect(served.mock.calls).toBe(planned(each).mock === 'refused' ? 0 : seen.calls)
      expect(JSON.stringify(answer)).not.toContain('sk-provider-secret')
      await expectNothingOpen()
    },
  )
})

describe('a fault of the first provider of two', () => {
  it.each(cases.filter(({ hasFallback }) => hasFallback).map((each) => [title(each), each] as const))(
    'is mended by the other one, unless the answer has begun or another would say the same: %s',
    async (_title, each) => {
      plan(each)
      const { seen } = planned(each)
      const { caller, answer } = await ask(each)
      const backups = served.mock.requests.filter(({ body }) => isBackup(body)).length
      if ('brokenOff' in seen || !seen.isWorthFallback) {
        expectSeen(seen, caller, answer)
        expect(backups).toBe(0)
      } else {
        expect(answer.status).toBe(200)
        expect(answer.headers.get('x-stratarouter-model')).toBe(backupFor(each.protocol))
        expect(answer.text).toContain('refund?')
        expect(caller.hasEnd(answer)).toBe(true)
        expect(backups).toBe(1)
      }
      await expectNothingOpen()
    },
  )
})

function expectSeen(seen: Seen, caller: Caller, answer: Awaited<ReturnType<typeof readAnswer>>): void {
  if ('brokenOff' in seen) {
    expect(answer.status).toBe(200)
    expect(answer.events.length).toBeGreaterThan(1)
    const last = answer.events.at(-1)
    expect(last && errorIn(caller, last.data)).toMatchObject({ code: seen.brokenOff })
    for (const { data } of answer.events.slice(0, -1)) expect(data).not.toContain('"error":{')
    expect(caller.hasEnd(answer)).toBe(false)
    return
  }
  expect(answer.status).toBe(seen.status)
  expect(answer.headers.get('content-type')).toContain('application/json')
  if (seen.isProviderBody) expect(answer.text).toContain('mock: ')
  else
    expect(errorIn(caller, answer.text)).toMatchObject({ code: seen.code, type: typeOf(seen.status, caller) })
  const retryAfter = answer.headers.get('retry-after')
  if (seen.retryAfterSeconds === undefined) expect(retryAfter).toBeNull()
  // A date is in whole seconds, and so is that of the answer which it is counted from.
  else
    expect(Math.abs(Number(retryAfter) - seen.retryAfterSeconds)).toBeLessThanOrEqual(
      seen.retryAfterSeconds > 9 ? 1 : 0,
    )
}

/** What clients take for a fault of ours, or a limit, and never for a wrong key of their own. */
function typeOf(status: number, { protocol }: Caller): string {
  if (status === 429) return 'rate_limit_error'
  if (protocol !== 'anthropic-messages') return 'server_error'
  return status === 504 ? 'timeout_error' : 'api_error'
}

/** Answers that were given up end with their connection, which the mock sees a moment later. */
const expectNothingOpen = () => expect.poll(() => served.mock.open).toBe(0)

function unusedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
