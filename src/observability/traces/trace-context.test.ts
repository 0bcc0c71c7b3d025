import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readTraceContext, traceHeaders } from './trace-context.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'

it('reads what a caller sends, and later versions with more fields', () => {
  expect(readTraceContext(`00-${TRACE}-${SPAN}-01`, 'a=1,b=2')).toEqual({
    traceId: TRACE,
    spanId: SPAN,
    isSampled: true,
    state: 'a=1,b=2',
  })
  expect(readTraceContext(`00-${TRACE}-${SPAN}-02`, undefined)?.isSampled).toBe(false)
  expect(readTraceContext(`cc-${TRACE}-${SPAN}-01-what-ever`, undefined)?.isSampled).toBe(true)
  expect(readTraceContext(`00-${TRACE}-${SPAN}-01`, ['a=1', 'b=2'])?.state).toBe('a=1,b=2')
})

it('begins anew where the context cannot be read', () => {
  for (const traceparent of [
    undefined,
    '',
    [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`],
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-1`,
  ]) {
    expect(readTraceContext(traceparent, undefined), String(traceparent)).toBeUndefined()
  }
})

it('passes no state on that is too long, or could end a header', () => {
  const traceparent = `00-${TRACE}-${SPAN}-01`
  expect(readTraceContext(traceparent, 'x'.repeat(513))?.state).toBe('')
  expect(readTraceContext(traceparent, 'a=1\r\nx-admin: 1')?.state).toBe('')
})

it('writes what it reads', () => {
  const hex = (digits: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits })
  fc.assert(
    fc.property(hex(31), hex(15), fc.boolean(), (trace, span, isSampled) => {
      const context = { traceId: `${trace}1`, spanId: `${span}1`, isSampled, state: 'vendor=1' }
      const { traceparent, tracestate } = traceHeaders(context)
      expect(readTraceContext(traceparent, tracestate)).toEqual(context)
    }),
  )
})
