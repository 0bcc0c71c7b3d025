import { connect, type Socket } from 'node:net'
import { AnswerReader } from './answer-reader.ts'

const READ_BYTES = 16 * 1024

/** What is told of the answers of a connection. */
export interface ConnectionListener {
  /** A piece of an answer; only of those that are kept. */
  onData(connection: Connection, bytes: Buffer): void
  onAnswer(connection: Connection): void
  onError(error: Error): void
}

/** A connection that is kept, with at most one request under way. */
export class Connection {
  /** When the request under way was due, by the clock of `performance.now()`. */
  dueMs = 0
  /** Of the request under way. */
  requestNumber = 0
  /** From when it was due to the first piece of its answer. */
  firstMs = 0
  /** When the last piece of its answer came; 0 before the first. */
  lastDataMs = 0
  status = 0
  bodyBytes = 0
  /** The text of the answer, where it is to be kept. */
  text = ''
  readonly #socket: Socket

  private constructor(port: number, { onData, onAnswer, onError }: ConnectionListener) {
    const reader = new AnswerReader({
      head: (status) => {
        this.status = status
      },
      data: (bytes) => {
        this.bodyBytes += bytes.length
        onData(this, bytes)
      },
      end: () => onAnswer(this),
    })
    const onread = {
      buffer: Buffer.allocUnsafe(READ_BYTES),
      callback: (count: number, buffer: Uint8Array) => {
        try {
          reader.read((buffer as Buffer).subarray(0, count))
        } catch (error) {
          onError(error as Error)
        }
        return true
      },
    }
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread })
    this.#socket.on('error', onError)
    this.#socket.on('close', () => onError(new Error('the server has closed a connection')))
  }

  static async open(port: number, listener: ConnectionListener): Promise<Connection> {
    const connection = new Connection(port, listener)
    await new Promise<void>((resolve, reject) => {
      connection.#socket.once('connect', resolve)
      connection.#socket.once('error', reject)
    })
    return connection
  }

  /** @param request the whole of it, head and body */
  send(request: Buffer, requestNumber: number, dueMs: number): void {
    this.requestNumber = requestNumber
    this.dueMs = dueMs
    this.lastDataMs = 0
    this.bodyBytes = 0
    this.text = ''
    this.#socket.write(request)
  }

  end(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }
}
