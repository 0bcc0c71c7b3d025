const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

export interface Line {
  /** Counted from 1. */
  readonly number: number
  readonly bytes: number
  /** Null when the line is over the limit; its bytes are counted and thrown away. */
  readonly text: string | null
}

/**
 * Lines of a byte stream as they come, without holding more than one and never more than `limitBytes` of it.
 * A final line without a line break counts; "\r\n" counts as one break.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  limitBytes: number,
): AsyncGenerator<Line, void, undefined> {
  let number = 0
  let parts: Uint8Array[] = []
  let bytes = 0
  const take = (piece: Uint8Array) => {
    bytes += piece.length
    if (bytes <= limitBytes + 1) parts.push(piece)
    else parts = []
  }
  const finish = (): Line => {
    number++
    let line = Buffer.concat(parts)
    if (line.at(-1) === CARRIAGE_RETURN) {
      line = line.subarray(0, -1)
      bytes--
    }
    const result = { number, bytes, text: bytes > limitBytes ? null : line.toString('utf8') }
    parts = []
    bytes = 0
    return result
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end))
      yield finish()
      start = end + 1
    }
    take(chunk.subarray(start))
  }
  if (bytes > 0) yield finish()
}
