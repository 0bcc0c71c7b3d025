import { connect, type Socket } from 'node:net'

const HEAD_END = Buffer.from('\r\n\r\n')
const READ_BYTES = 64 * 1024

/** One answer: its status, how many bytes its body has, and the end of it. */
type OnAnswer = (connection: Connection, status: number, bodyBytes: number, tail: Buffer) => void

/**
 * A keep-alive connection that has at most one request under way. Reads of HTTP only what is needed to know where an
 * answer ends, so that many thousands a second take a fraction of a core.
 */
export class Connection {
  /** When the request under way was due to be sent, by the clock of `performance.now()`. */
  dueMs = 0
  readonly #socket: Socket
  readonly #onAnswer: OnAnswer
  /** What has come of an answer whose head is not complete. */
  #head: Buffer | undefined
  #status = 0
  #bodyBytes = 0
  #missingBytes = 0

  private constructor(port: number, onAnswer: OnAnswer, onError: (error: Error) => void) {
    this.#onAnswer = onAnswer
    const onread = {
      buffer: Buffer.allocUnsafe(READ_BYTES),
      callback: (count: number, buffer: Uint8Array) => {
        this.#read(buffer as Buffer, count)
        return true
      },
    }
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread })
    this.#socket.on('error', onError)
    this.#socket.on('close', () => onError(new Error('the server has closed a connection')))
  }

  static async open(port: number, onAnswer: OnAnswer, onError: (error: Error) => void): Promise<Connection> {
    const connection = new Connection(port, onAnswer, onError)
    await new Promise((resolve) => connection.#socket.once('connect', resolve))
    return connection
  }

  /** @param request the whole of it, head and body */
  send(request: Buffer): void {
    this.#socket.write(request)
  }

  end(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }

  #read(buffer: Buffer, count: number): void {
    if (this.#missingBytes > 0) {
      this.#missingBytes -= count
      if (this.#missingBytes === 0)
        this.#onAnswer(this, this.#status, this.#bodyBytes, buffer.subarray(0, count))
      return
    }
    const came = buffer.subarray(0, count)
    const answer = this.#head === undefined ? came : Buffer.concat([this.#head, came])
    const end = answer.indexOf(HEAD_END)
    if (end < 0) {
      this.#head = Buffer.from(answer)
      return
    }
    this.#head = undefined
    const head = answer.toString('latin1', 0, end)
    this.#status = Number(head.slice(9, 12))
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
    if (length === undefined) throw new Error(`expected an answer with a content-length, got:\n${head}`)
    this.#bodyBytes = Number(length)
    this.#missingBytes = this.#bodyBytes - (answer.length - end - HEAD_END.length)
    if (this.#missingBytes === 0) this.#onAnswer(this, this.#status, this.#bodyBytes, answer)
  }
}
