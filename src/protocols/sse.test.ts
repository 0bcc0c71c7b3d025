import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProviderFailure } from '../errors/index.ts'
import { type SseEvent, SseParser, sseText } from './sse.ts'

const encoder = new TextEncoder()

function parsed(chunks: readonly Uint8Array[]): SseEvent[] {
  const parser = new SseParser()
  const events = chunks.flatMap((chunk) => parser.push(chunk))
  parser.end()
  return events
}

const STREAM = [
  ': keep-alive',
  '',
  'data: {"text":"grüße 🎉"}',
  '',
  'event: delta',
  'data: {"a":1}',
  '',
  'id: 7',
  'retry: 10',
  'event:no-space',
  'data:first',
  ': between',
  'data',
  'data:  third',
  '',
  '',
  'event: without data',
  '',
  'data: [DONE]',
  '',
  '',
].join('\n')

const EVENTS: SseEvent[] = [
  { event: undefined, data: '{"text":"grüße 🎉"}', text: 'data: {"text":"grüße 🎉"}\n\n' },
  { event: 'delta', data: '{"a":1}', text: 'event: delta\ndata: {"a":1}\n\n' },
  {
    event: 'no-space',
    data: 'first\n\n third',
    text: 'id: 7\nretry: 10\nevent:no-space\ndata:first\ndata\ndata:  third\n\n',
  },
  { event: undefined, data: '[DONE]', text: 'data: [DONE]\n\n' },
]

describe('SseParser', () => {
  it.each([
    ['line feeds', '\n'],
    ['carriage returns and line feeds', '\r\n'],
    ['carriage returns', '\r'],
  ])('reads events with %s, cut at every byte', (_name, lineEnd) => {
    const bytes = encoder.encode(`\uFEFF${STREAM.replaceAll('\n', lineEnd)}`)
    expect(parsed([bytes])).toEqual(EVENTS)
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(parsed([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(EVENTS)
    }
    expect(parsed(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(EVENTS)
  })

  it('reads the same events however the bytes are cut', () => {
    const line = fc.stringMatching(/^[^\r\n\uFEFF]{0,12}$/)
    const block = fc.record({
      event: fc.option(line, { nil: undefined }),
      data: fc.array(line, { minLength: 1 }),
    })
    fc.assert(
      fc.property(
        fc.array(block),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.nat()),
        (blocks, lineEnd, cuts) => {
          const lines = blocks.flatMap(({ event, data }) => [
            ...(event === undefined ? [] : [`event: ${event}`]),
            ...data.map((value) => `data: ${value}`),
            '',
          ])
          const bytes = encoder.encode(lines.map((text) => text + lineEnd).join(''))
          const places = [
            0,
            ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b),
            bytes.length,
          ]
          const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place))
          expect(parsed(chunks).map(({ event, data }) => ({ event, data }))).toEqual(
            blocks.map(({ event, data }) => ({ event, data: data.join('\n') })),
          )
        },
      ),
    )
  })

  it('gives texts that read as the same events', () => {
    const texts = EVENTS.map(({ text }) => text).join('')
    expect(parsed([encoder.encode(texts)])).toEqual(EVENTS)
    expect(parsed([encoder.encode(sseText('x', 'y') + sseText(undefined, 'z'))])).toEqual([
      { event: 'x', data: 'y', text: 'event: x\ndata: y\n\n' },
      { event: undefined, data: 'z', text: 'data: z\n\n' },
    ])
  })

  it('leaves out a byte order mark before the first event, and only there', () => {
    const mark = '\uFEFF'
    expect(parsed([encoder.encode(`${mark}data: ${mark}\n\n`)])).toEqual([
      { event: undefined, data: mark, text: `data: ${mark}\n\n` },
    ])
  })

  it('fails as truncated where the bytes end inside an event', () => {
    const parser = new SseParser()
    expect(parser.push(encoder.encode('data: 1\n\ndata: 2\n'))).toHaveLength(1)
    expect(() => parser.end()).toThrow(expect.objectContaining({ outcome: 'truncated' }))
  })

  it('refuses an event above the bound, whole or in pieces', () => {
    const whole = new SseParser(20)
    expect(() => whole.push(encoder.encode(`data: ${'x'.repeat(30)}\n\n`))).toThrow(ProviderFailure)
    const pieces = new SseParser(20)
    expect(() => {
      for (let count = 0; count < 30; count += 1) pieces.push(encoder.encode('x'))
    }).toThrow(expect.objectContaining({ outcome: 'malformed' }))
  })
})
