import type { JsonPiece } from '../endpoint.ts'

/** Bytes left free before a body, more than any head takes. */
const HEAD_ROOM = 1024
const USUAL_BYTES = 64 * 1024
/** A larger buffer is not kept. */
const MOST_KEPT_BYTES = 256 * 1024

/**
 * Puts answers together that come in many pieces, one after the other in a buffer that is used again and again. Joined
 * to strings they would be a large part of the youngest generation of the heap, and moved whenever it is collected.
 */
export class AnswerBytes {
  #bytes: Buffer | undefined
  /** Where the next answer may begin. */
  #end = 0
  /** Answers in the buffer that are not sent yet. */
  #unsent = 0

  /**
   * The answer as it goes over the wire; it stays as it is until `sent` is told of it.
   * @param headOf makes the head for a body of so many bytes: at most 1,024 characters, of ASCII
   */
  add(pieces: readonly JsonPiece[], headOf: (bodyBytes: number) => string): Buffer {
    let bytes = this.#bytes ?? this.#renew(USUAL_BYTES)
    let bodyStart = this.#end + HEAD_ROOM
    let end = bodyStart
    for (let index = 0; index < pieces.length; index++) {
      const piece = pieces[index] as JsonPiece
      // No character takes more than three bytes a UTF-16 unit.
      const most = typeof piece === 'string' ? piece.length * 3 : piece.mostBytes
      if (end + most > bytes.length) {
        const written = bytes.subarray(bodyStart, end)
        bytes = this.#renew(Math.max(USUAL_BYTES, 2 * (HEAD_ROOM + written.length + most)))
        bodyStart = HEAD_ROOM
        end = bodyStart + written.copy(bytes, bodyStart)
      }
      end = typeof piece === 'string' ? end + bytes.write(piece, end, 'utf8') : piece.writeTo(bytes, end)
    }
    const head = headOf(end - bodyStart)
    const start = bodyStart - head.length
    bytes.write(head, start, 'latin1')
    this.#end = end
    this.#unsent++
    if (bytes.length > MOST_KEPT_BYTES) this.#bytes = undefined
    return bytes.subarray(start, end)
  }

  /** @param isTaken whether nobody reads the answer any more; if somebody does, the buffer is left to him */
  sent(answer: Buffer, isTaken: boolean): void {
    if (answer.buffer !== this.#bytes?.buffer) return
    if (!isTaken) this.#bytes = undefined
    else if (--this.#unsent === 0) this.#end = 0
  }

  /** Another buffer; answers in the one before keep it for as long as they are needed. */
  #renew(bytes: number): Buffer {
    this.#bytes = Buffer.allocUnsafeSlow(bytes)
    this.#end = 0
    this.#unsent = 0
    return this.#bytes
  }
}
