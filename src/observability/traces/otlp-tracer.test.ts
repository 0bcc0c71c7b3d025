import { expect, it } from 'vitest'
import { seededRandom } from '../../util/random.ts'
import { OtlpTracer } from './otlp-tracer.ts'

const END = { name: 'n', kind: 'client', attributes: {}, isError: false } as const

function setUp(sampleRatio: number) {
  const time = { now: 1_800_000_000_000, monotonic: 5 }
  const spans: Record<string, unknown>[] = []
  const random = seededRandom(1)
  const tracer = new OtlpTracer({
    sampleRatio,
    clock: { now: () => time.now, monotonicMs: () => time.monotonic },
    randomHex: (bytes) =>
      Array.from({ length: bytes }, () =>
        Math.floor(random() * 256)
          .toString(16)
          .padStart(2, '0'),
      ).join(''),
    finished: (span) => spans.push(JSON.parse(span)),
  })
  return { tracer, spans, time }
}

it('has spans of one trace name their parent, and times to the microsecond', () => {
  const { tracer, spans, time } = setUp(1)
  const request = tracer.start({})
  const call = request.child()
  time.monotonic += 2.5
  time.now += 2.5
  call.end({
    ...END,
    attributes: { text: 'a', whole: 3, part: 0.5, yes: true, list: ['x'], none: undefined },
  })
  request.end({ ...END, name: 'POST /', kind: 'server', isError: true })
  const [child, parent] = spans
  expect(child).toEqual({
    traceId: parent?.traceId,
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
    parentSpanId: parent?.spanId,
    name: 'n',
    kind: 3,
    startTimeUnixNano: '1800000000000000000',
    endTimeUnixNano: '1800000000002500000',
    attributes: [
      { key: 'text', value: { stringValue: 'a' } },
      { key: 'whole', value: { intValue: '3' } },
      { key: 'part', value: { doubleValue: 0.5 } },
      { key: 'yes', value: { boolValue: true } },
      { key: 'list', value: { arrayValue: { values: [{ stringValue: 'x' }] } } },
    ],
  })
  expect(parent).toMatchObject({ kind: 2, status: { code: 2 } })
  expect(parent).not.toHaveProperty('parentSpanId')
  expect(call.headers).toEqual({ traceparent: `00-${child?.traceId}-${child?.spanId}-01` })
})

it('goes on with the trace of a caller, who says whether it is recorded', () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
  for (const sampleRatio of [0, 1]) {
    const { tracer, spans } = setUp(sampleRatio)
    const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01`, tracestate: 'a=1' }
    tracer.start(headers).end(END)
    expect(spans).toMatchObject([{ traceId: trace, parentSpanId: '00f067aa0ba902b7', traceState: 'a=1' }])
    const left = tracer.start({ traceparent: `00-${trace}-00f067aa0ba902b7-00` })
    left.end(END)
    expect(spans).toHaveLength(1)
    expect(left.child().headers.traceparent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-00$`))
  }
})

it('records the share of traces that is asked for, each whole or not at all', () => {
  const { tracer, spans } = setUp(0.25)
  for (let count = 0; count < 4000; count++) {
    const span = tracer.start({})
    const child = span.child()
    expect(child.isSampled).toBe(span.isSampled)
    span.end(END)
  }
  // Four standard deviations of a binomial distribution.
  expect(Math.abs(spans.length - 1000)).toBeLessThan(4 * Math.sqrt(4000 * 0.25 * 0.75))
})
