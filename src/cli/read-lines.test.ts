import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Line, readLines } from './read-lines.ts'

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function linesOf(text: string, pieceSize: number, limitBytes = 1_000): Promise<Line[]> {
  const lines: Line[] = []
  for await (const line of readLines(pieces(new TextEncoder().encode(text), pieceSize), limitBytes))
    lines.push(line)
  return lines
}

test('lines are the same however the stream is cut, characters of several bytes included', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^[a-z éß中🙂]{0,12}$/u)),
      fc.integer({ min: 1, max: 9 }),
      async (texts, pieceSize) => {
        const lines = await linesOf(texts.map((text) => `${text}\n`).join(''), pieceSize)
        expect(lines.map((line) => line.text)).toEqual(texts)
        expect(lines.map((line) => line.number)).toEqual(texts.map((_, index) => index + 1))
      },
    ),
  )
})

test('a last line without a line break counts, an empty stream has no lines', async () => {
  expect((await linesOf('one\ntwo', 2)).map((line) => line.text)).toEqual(['one', 'two'])
  expect(await linesOf('', 1)).toEqual([])
})

test('carriage returns before line breaks are not part of the line', async () => {
  expect((await linesOf('one\r\ntwo\r\n', 4)).map((line) => line.text)).toEqual(['one', 'two'])
})

test('a line of exactly the limit is read and one more byte is refused, with its size, without ending the others', async () => {
  const lines = await linesOf(`${'a'.repeat(10)}\r\n${'b'.repeat(11)}\nafter\n`, 3, 10)
  expect(lines).toEqual([
    { number: 1, bytes: 10, text: 'a'.repeat(10) },
    { number: 2, bytes: 11, text: null },
    { number: 3, bytes: 5, text: 'after' },
  ])
})
