import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBatchRequest } from './read-route-request.ts'
import { batchRequestSchema } from './route-request.ts'

const TEXT_LIMIT = 1_000_000

describe('the quick check of a batch', () => {
  it('never lets through what the schema refuses, nor changes it', () => {
    const refused = Symbol('refused')
    const texts = fc.oneof(
      { weight: 4, arbitrary: fc.array(fc.string(), { maxLength: 3 }) },
      fc.array(fc.jsonValue(), { maxLength: 3 }),
      fc.constantFrom(1024, 1025).map((count) => new Array(count).fill('x')),
      fc.jsonValue(),
    )
    const others = fc.dictionary(
      fc.constantFrom('topK', 'explain', 'threshold', '__proto__', 'text', 'context'),
      fc.oneof(fc.constantFrom(1, true, 0.5), fc.jsonValue()),
      { maxKeys: 1 },
    )
    const batch = fc.tuple(texts, others).map(([list, rest]) => ({ texts: list, ...rest }))
    fc.assert(
      fc.property(fc.oneof({ weight: 5, arbitrary: batch }, fc.jsonValue()), (value) => {
        const body: unknown = JSON.parse(JSON.stringify(value))
        const bySchema = batchRequestSchema.safeParse(body)
        let quick: unknown = refused
        try {
          quick = readBatchRequest(body, TEXT_LIMIT)
        } catch {
          // Refused, as the schema must have done.
        }
        expect(quick).toEqual(bySchema.success ? bySchema.data : refused)
      }),
      { numRuns: 2000 },
    )
  })

  it('names the text that is too long', () => {
    expect(() => readBatchRequest({ texts: ['ab', 'éé'] }, 3)).toThrow(
      expect.objectContaining({
        code: 'text_too_long',
        message: expect.stringMatching(/^texts\[1\] has 4 bytes/),
      }),
    )
  })
})
