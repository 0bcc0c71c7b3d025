import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AnswerReader } from '../../benchmarks/gateway/answer-reader.ts'

const WHOLE = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello'
const EMPTY = 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n'
const IN_CHUNKS =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata:\r\nC\r\n one\r\n\r\ntwo \r\n0\r\n\r\n'

/** The answers that a reader finds in pieces of bytes. */
function read(pieces: readonly Buffer[]): { status: number; body: string }[] {
  const answers: { status: number; body: string }[] = []
  let status = 0
  let body = ''
  const reader = new AnswerReader({
    head(found) {
      status = found
      body = ''
    },
    data(bytes) {
      body += bytes.toString()
    },
    end: () => answers.push({ status, body }),
  })
  for (const piece of pieces) reader.read(piece)
  return answers
}

it('finds answers with a length, without a body and in chunks, one behind another, however they are cut', () => {
  const stream = Buffer.from(WHOLE + EMPTY + IN_CHUNKS + WHOLE)
  const expected = [
    { status: 200, body: 'hello' },
    { status: 204, body: '' },
    { status: 200, body: 'data: one\r\n\r\ntwo ' },
    { status: 200, body: 'hello' },
  ]
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: stream.length })), (places) => {
      const cuts = [0, ...places.sort((a, b) => a - b), stream.length]
      const pieces = cuts.slice(1).map((end, index) => stream.subarray(cuts[index], end))
      expect(read(pieces)).toEqual(expected)
    }),
  )
})

it('refuses an answer that only the end of its connection would end', () => {
  expect(() => read([Buffer.from('HTTP/1.1 200 OK\r\n\r\n')])).toThrow('with a length or in chunks')
})
