import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { billing, support } from '../integration/serving.ts'
import { type CollectedSpan, type Collector, startCollector } from './collector.ts'
import { everyProvider, type GatewaySettings, serveGateway } from './gateway.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const CALLER_SPAN = '00f067aa0ba902b7'
const QUESTION = 'where is my very private refund?'

const chat = (model: string, extra: object = {}) => ({
  model,
  messages: [{ role: 'user', content: QUESTION }],
  ...extra,
})

/** Every provider, with one model that falls back to another, and traces. */
const traced =
  (endpoint: string, traces: object = {}): GatewaySettings =>
  (url) => {
    const settings = everyProvider(url)
    return {
      ...settings,
      models: { ...(settings.models as object), first: { provider: 'openai', fallbacks: ['claude'] } },
      execution: { retries: 1, retryBaseMs: 1 },
      telemetry: { traces: { endpoint, ...traces } },
    }
  }

const ofKind = (spans: readonly CollectedSpan[], kind: 'server' | 'client') =>
  spans.filter((span) => span.kind === (kind === 'server' ? 2 : 3))

describe('traces of requests', () => {
  let collector: Collector
  let served: Awaited<ReturnType<typeof serveGateway>>
  beforeEach(async () => {
    hasEnded = false
    collector = await startCollector()
    served = await serveGateway(
      traced(collector.url, { headers: { 'x-collector-key': 'k' }, serviceName: 'switchboard' }),
    )
  })
  let hasEnded = false
  const end = async () => {
    if (!hasEnded) await served.end()
    hasEnded = true
  }
  afterEach(async () => {
    await end()
    await collector.close()
  })

  /** Ends the server, which sends what waits; so many spans. */
  async function collected(count: number): Promise<readonly CollectedSpan[]> {
    await end()
    expect(collector.spans).toHaveLength(count)
    return collector.spans
  }

  it('have one span for the request and one for each call, and tell which failed and which answered', async () => {
    const { gateway, mock } = served
    mock.plan(['500', '429'])
    const { port } = mock
    const answer = await gateway.call('POST', '/v1/chat/completions', chat('first'))
    expect(answer.status, answer.text).toBe(200)
    const spans = await collected(4)
    const [request] = ofKind(spans, 'server')
    const calls = ofKind(spans, 'client')
    expect(request).toMatchObject({
      name: 'POST /v1/chat/completions',
      isError: false,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/v1/chat/completions',
        'url.path': '/v1/chat/completions',
        'http.response.status_code': 200,
        'stratarouter.operation': 'chatCompletions',
        'stratarouter.request_id': answer.headers.get('x-request-id'),
        'stratarouter.execution_id': answer.headers.get('x-stratarouter-execution-id'),
        'stratarouter.tenant': 'default',
        'stratarouter.model': 'claude',
        'stratarouter.provider': 'anthropic',
        'stratarouter.attempts': 3,
        'stratarouter.cache': 'bypass',
        'stratarouter.cost_usd': expect.any(Number),
      },
    })
    expect(request).not.toHaveProperty('parentSpanId')
    for (const call of calls) {
      expect(call).toMatchObject({ traceId: request?.traceId, parentSpanId: request?.spanId })
      expect(call.startMs).toBeGreaterThanOrEqual((request as CollectedSpan).startMs - 2)
      expect(call.endMs).toBeLessThanOrEqual((request as CollectedSpan).endMs + 2)
    }
    const where = { 'server.address': '127.0.0.1', 'server.port': port }
    expect(calls).toMatchObject([
      {
        name: 'chat first',
        isError: true,
        attributes: { ...where, 'error.type': 'server-error', 'http.response.status_code': 500 },
      },
      {
        name: 'chat first',
        isError: true,
        attributes: { ...where, 'error.type': 'rate-limited', 'http.response.status_code': 429 },
      },
      {
        name: 'chat claude-sonnet-4-5',
        isError: false,
        attributes: {
          ...where,
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'anthropic',
          'gen_ai.request.model': 'claude-sonnet-4-5',
          'gen_ai.response.model': 'claude-sonnet-4-5',
          'gen_ai.response.finish_reasons': ['stop'],
          'gen_ai.usage.input_tokens': answer.json.usage.prompt_tokens,
          'gen_ai.usage.output_tokens': answer.json.usage.completion_tokens,
          'stratarouter.model': 'claude',
          'stratarouter.provider': 'anthropic',
        },
      },
    ])
    expect(calls[2]?.attributes).not.toHaveProperty('error.type')
  })

  it('are sent with the headers and the name that were configured', async () => {
    await served.gateway.call('POST', '/v1/chat/completions', chat('gpt'))
    await collected(2)
    expect(collector.paths[0]).toBe('/v1/traces')
    expect(collector.headers[0]).toMatchObject({
      'x-collector-key': 'k',
      'content-type': 'application/json',
    })
    expect(collector.resource).toMatchObject({
      'service.name': 'switchboard',
      'service.version': served.gateway.app.version,
    })
  })

  it('go on with the trace of the caller, and on to the provider, who is told of the call that is its parent', async () => {
    const { gateway, mock } = served
    mock.plan('500')
    const headers = { traceparent: `00-${TRACE}-${CALLER_SPAN}-01`, tracestate: 'vendor=1' }
    await gateway.call('POST', '/v1/chat/completions', chat('gpt'), headers)
    const spans = await collected(3)
    const [request] = ofKind(spans, 'server')
    expect(request).toMatchObject({ traceId: TRACE, parentSpanId: CALLER_SPAN, traceState: 'vendor=1' })
    expect(mock.requests.map((asked) => asked.headers.traceparent)).toEqual(
      ofKind(spans, 'client').map(({ spanId }) => `00-${TRACE}-${spanId}-01`),
    )
    expect(mock.requests.map((asked) => asked.headers.tracestate)).toEqual(['vendor=1', 'vendor=1'])
  })

  it('are left alone where the caller does not record them, but passed on', async () => {
    const { gateway, mock } = served
    const headers = { traceparent: `00-${TRACE}-${CALLER_SPAN}-00` }
    await gateway.call('POST', '/v1/chat/completions', chat('gpt'), headers)
    await gateway.call('POST', '/v1/chat/completions', chat('gpt'))
    const spans = await collected(2)
    expect(spans.map(({ traceId }) => traceId)).not.toContain(TRACE)
    expect(mock.requests[0]?.headers.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`))
  })

  it.each([
    ['/v1/chat/completions', 'gpt', 'stop'],
    ['/v1/chat/completions', 'gemini', 'stop'],
    ['/v1/responses', 'gpt', 'completed'],
    ['/v1/messages', 'claude', 'end_turn'],
    ['/v1/execute', 'small', 'stop'],
  ])('tell of streams at their end: %s to %s', async (path, model, finish) => {
    const { gateway } = served
    const body =
      path === '/v1/responses'
        ? { model, input: QUESTION, stream: true }
        : path === '/v1/execute'
          ? { model, text: QUESTION, stream: true }
          : chat(model, { stream: true, max_tokens: 64 })
    const answer = await gateway.call('POST', path, body)
    expect(answer.status, answer.text).toBe(200)
    const spans = await collected(2)
    expect(ofKind(spans, 'client')[0]?.attributes).toMatchObject({
      'gen_ai.response.finish_reasons': [finish],
      'gen_ai.response.model': expect.any(String),
      'gen_ai.usage.input_tokens': expect.any(Number),
      'gen_ai.usage.output_tokens': expect.any(Number),
      'stratarouter.first_byte_ms': expect.any(Number),
    })
    expect(ofKind(spans, 'server')[0]?.attributes['http.response.status_code']).toBe(200)
  })

  it('say what was decided, how surely and why', async () => {
    const { gateway } = served
    const target = { model: 'small' }
    await gateway.call('PUT', '/v1/route-sets/default', { routes: [{ ...billing, target }, support] })
    const answer = await gateway.call('POST', '/v1/chat/completions', chat('auto'))
    expect(answer.headers.get('x-stratarouter-route')).toBe('billing')
    const spans = await collected(3)
    const request = ofKind(spans, 'server').find(({ name }) => name === 'POST /v1/chat/completions')
    expect(request?.attributes).toMatchObject({
      'stratarouter.route': 'billing',
      'stratarouter.confidence': Number(answer.headers.get('x-stratarouter-confidence')),
      'stratarouter.decision.reason': 'match',
      'stratarouter.model': 'small',
    })
    // A model without a price costs what is not known, not nothing.
    expect(request?.attributes).not.toHaveProperty('stratarouter.cost_usd')
  })

  it('cover decisions and refusals too, and leave out what is asked to see whether all is well', async () => {
    const { gateway } = served
    await gateway.call('GET', '/health/live')
    await gateway.call('GET', '/metrics')
    await gateway.call('POST', '/v1/route', { text: QUESTION })
    await gateway.call('POST', '/v1/chat/completions', chat('nobody'))
    const spans = await collected(2)
    expect(spans).toMatchObject([
      { name: 'POST /v1/route', isError: false },
      { name: 'POST /v1/chat/completions', isError: false, attributes: { 'http.response.status_code': 404 } },
    ])
  })

  it('tell a caller who went away', async () => {
    const { gateway, mock } = served
    mock.plan('hang')
    const leaving = new AbortController()
    const call = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(chat('gpt')),
      signal: leaving.signal,
    })
    await mock.nextRequest()
    leaving.abort()
    await expect(call).rejects.toThrow()
    const spans = await collected(2)
    expect(spans.map(({ attributes }) => attributes['error.type'])).toEqual(['aborted', 'aborted'])
  })

  it('have nothing in them of what was said', async () => {
    const { gateway, mock } = served
    mock.plan(['400', 'malformed', 'none'])
    for (const stream of [false, false, true]) {
      await gateway.call('POST', '/v1/chat/completions?key=very-private', chat('gpt', { stream }))
    }
    await collected(7)
    expect(collector.bodies.join('')).not.toMatch(/private|refund|mock\(/)
  })
})

describe('traces', () => {
  it('are made of the share that is asked for', async () => {
    const collector = await startCollector()
    const { gateway, end } = await serveGateway(traced(collector.url, { sampleRatio: 0 }))
    await gateway.call('POST', '/v1/chat/completions', chat('gpt'))
    await gateway.call('POST', '/v1/chat/completions', chat('gpt'), {
      traceparent: `00-${TRACE}-${CALLER_SPAN}-01`,
    })
    await end()
    expect(collector.spans.map(({ traceId }) => traceId)).toEqual([TRACE, TRACE])
    await collector.close()
  })

  it('cost no request where the collector is away; what is lost is counted', async () => {
    const collector = await startCollector()
    await collector.close()
    const logs: string[] = []
    const { gateway, end } = await serveGateway(traced(collector.url), { log: (line) => logs.push(line) })
    for (let call = 0; call < 20; call++) {
      expect((await gateway.call('POST', '/v1/chat/completions', chat('gpt'))).status).toBe(200)
    }
    const { text } = await gateway.call('GET', '/metrics')
    expect(text).toMatch(/stratarouter_queue_bytes\{queue="spans"\} [1-9]\d+/)
    expect(text).toContain('stratarouter_dropped_total{queue="spans"} 0')
    await end()
    const { app } = gateway
    expect(await app.metrics.render()).toContain('stratarouter_dropped_total{queue="spans"} 40')
    expect(logs.filter((line) => line.includes('traces cannot be delivered'))).toHaveLength(1)
  })

  describe('that are not configured', () => {
    let served: Awaited<ReturnType<typeof serveGateway>>
    beforeAll(async () => {
      served = await serveGateway(everyProvider)
    })
    afterAll(() => served.end())

    it('are not made, and no context of a caller reaches a provider', async () => {
      const { gateway, mock } = served
      const headers = { traceparent: `00-${TRACE}-${CALLER_SPAN}-01` }
      await gateway.call('POST', '/v1/chat/completions', chat('gpt'), headers)
      expect(gateway.app.tracer).toBeUndefined()
      expect(mock.requests[0]?.headers).not.toHaveProperty('traceparent')
    })
  })
})
