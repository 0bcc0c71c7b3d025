import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

export const JSON_LINES = 'application/x-ndjson'
/** Lines are sent together up to this many characters, as each write costs more than a line. */
const CHUNK_CHARACTERS = 16_384

/** Whether a caller wants one row a line. */
export function wantsJsonLines(reply: FastifyReply, format: 'json' | 'jsonl' | undefined): boolean {
  if (format !== undefined) return format === 'jsonl'
  return reply.request.headers.accept?.includes(JSON_LINES) === true
}

/** An answer of one row a line, read as fast as the caller takes it; `rows` are fetched page by page. */
export function sendJsonLines(reply: FastifyReply, rows: AsyncIterable<object>): Readable {
  reply.type(`${JSON_LINES}; charset=utf-8`)
  return Readable.from(linesOf(rows), { objectMode: false, highWaterMark: CHUNK_CHARACTERS })
}

async function* linesOf(rows: AsyncIterable<object>): AsyncGenerator<string> {
  let chunk = ''
  for await (const row of rows) {
    chunk += `${JSON.stringify(row)}\n`
    if (chunk.length < CHUNK_CHARACTERS) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}

/** Every row of a listing that comes in pages, up to `most`. */
export async function* rowsOfPages<Row, Position>(
  most: number,
  page: (
    limit: number,
    after: Position | undefined,
  ) => Promise<{ rows: readonly Row[]; next: Position | null }>,
): AsyncGenerator<Row> {
  let left = most
  let after: Position | undefined
  while (left > 0) {
    const { rows, next } = await page(Math.min(left, 500), after)
    yield* rows
    left -= rows.length
    if (next === null) return
    after = next
  }
}
