import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AnswerBytes } from './answer-bytes.ts'

const headOf = (bytes: number) => `HTTP/1.1 200 OK\r\ncontent-length: ${bytes}\r\n\r\n`

function expected(pieces: readonly string[]): Buffer {
  const body = Buffer.from(pieces.join(''))
  return Buffer.concat([Buffer.from(headOf(body.length)), body])
}

const piece = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
  fc.tuple(fc.constantFrom('a', 'é', '毎', '😡'), fc.nat(90_000)).map(([text, count]) => text.repeat(count)),
)

describe('answers in pieces', () => {
  it('stay as they are until they are sent, and for as long as the kernel has not taken them', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            pieces: fc.array(piece, { minLength: 1, maxLength: 5 }),
            /** How many answers are then sent. */
            sends: fc.nat(3),
            isTaken: fc.boolean(),
          }),
          { minLength: 1, maxLength: 12 },
        ),
        (steps) => {
          const answers = new AnswerBytes()
          const unsent: { bytes: Buffer; of: Buffer }[] = []
          const kept: { bytes: Buffer; of: Buffer }[] = []
          for (const { pieces, sends, isTaken } of steps) {
            unsent.push({ bytes: answers.add(pieces, headOf), of: expected(pieces) })
            for (const { bytes, of } of [...unsent, ...kept]) expect(bytes.equals(of)).toBe(true)
            for (const sent of unsent.splice(0, sends)) {
              answers.sent(sent.bytes, isTaken)
              if (!isTaken) kept.push(sent)
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('are made in one buffer as long as each is taken at once', () => {
    const answers = new AnswerBytes()
    const buffers = new Set<unknown>()
    for (let turn = 0; turn < 50; turn++) {
      const group = [1, 2].map(() => answers.add(['x'.repeat(10_000)], headOf))
      for (const bytes of group) {
        buffers.add(bytes.buffer)
        answers.sent(bytes, true)
      }
    }
    expect(buffers.size).toBe(1)
  })

  it('take a buffer of their own when they are large', () => {
    const answers = new AnswerBytes()
    const large = answers.add(['x'.repeat(300_000)], headOf)
    answers.sent(large, true)
    const next = answers.add(['x'], headOf)
    expect(next.buffer).not.toBe(large.buffer)
    expect(next.buffer.byteLength).toBe(64 * 1024)
  })
})
