/** What becomes of the answers on a connection. */
export interface AnswerSink {
  head(status: number): void
  /** The bytes belong to the reader: copy what is kept. */
  data(bytes: Buffer): void
  end(): void
}

const HEAD_END = Buffer.from('\r\n\r\n')
const LINE_END = Buffer.from('\r\n')

/** Tells where answers of HTTP/1.1 begin and end, by their length or in chunks, whatever way they are cut. */
export class AnswerReader {
  readonly #sink: AnswerSink
  #state: 'head' | 'body' | 'size' | 'chunk' | 'chunk-end' | 'trailer' = 'head'
  #missingBytes = 0
  /** The beginning of a head or a line. */
  #rest: Buffer | undefined

  constructor(sink: AnswerSink) {
    this.#sink = sink
  }

  /** @throws Error for an answer without length and chunks, whose end only the end of the connection would tell */
  read(came: Buffer): void {
    let bytes = came
    if (this.#rest !== undefined) {
      bytes = Buffer.concat([this.#rest, came])
      this.#rest = undefined
    }
    let at = 0
    while (at < bytes.length) {
      const next = this.#step(bytes, at)
      if (next === at) {
        this.#rest = Buffer.from(bytes.subarray(at))
        return
      }
      at = next
    }
  }

  /** @returns how far it has read; no further where more must come first */
  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'head': {
        const end = bytes.indexOf(HEAD_END, at)
        if (end < 0) return at
        this.#readHead(bytes.toString('latin1', at, end))
        return end + HEAD_END.length
      }
      case 'body':
      case 'chunk': {
        const to = Math.min(bytes.length, at + this.#missingBytes)
        this.#missingBytes -= to - at
        this.#sink.data(bytes.subarray(at, to))
        if (this.#missingBytes > 0) return to
        if (this.#state === 'body') this.#end()
        else this.#state = 'chunk-end'
        return to
      }
      default: {
        const end = bytes.indexOf(LINE_END, at)
        if (end < 0) return at
        this.#readLine(bytes, at, end)
        return end + LINE_END.length
      }
    }
  }

  #readHead(head: string): void {
    this.#sink.head(Number(head.slice(9, 12)))
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (length !== undefined) {
      this.#missingBytes = Number(length)
      if (this.#missingBytes === 0) this.#end()
      else this.#state = 'body'
    } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) this.#state = 'size'
    else throw new Error(`expected an answer with a length or in chunks, got:\n${head}`)
  }

  #readLine(bytes: Buffer, at: number, end: number): void {
    if (this.#state === 'chunk-end') this.#state = 'size'
    else if (this.#state === 'size') {
      this.#missingBytes = Number.parseInt(bytes.toString('latin1', at, end), 16)
      this.#state = this.#missingBytes === 0 ? 'trailer' : 'chunk'
    } else if (at === end) this.#end()
  }

  #end(): void {
    this.#state = 'head'
    this.#sink.end()
  }
}
