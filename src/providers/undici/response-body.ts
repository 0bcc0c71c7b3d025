import type { Dispatcher } from 'undici'
import { ProviderFailure } from '../../errors/index.ts'

/** Bytes that may wait to be read before the sender is held up. */
const HIGH_WATER_BYTES = 64 * 1024

interface Waiting<Result> {
  readonly resolve: (result: Result) => void
  readonly reject: (reason: unknown) => void
}

interface WaitingForAll {
  readonly limitBytes: number
  readonly reader: Waiting<Buffer>
}

/** The body of an answer as it comes, read once: in pieces or whole. */
export class ResponseBody implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  readonly #controller: Dispatcher.DispatchController
  #chunks: Uint8Array[] = []
  #waitingBytes = 0
  #isPaused = false
  #hasEnded = false
  #failure: { readonly reason: unknown } | undefined
  #reader: Waiting<IteratorResult<Uint8Array>> | undefined
  #whole: WaitingForAll | undefined

  constructor(controller: Dispatcher.DispatchController) {
    this.#controller = controller
  }

  push(chunk: Uint8Array): void {
    const reader = this.#reader
    if (reader !== undefined) {
      this.#reader = undefined
      reader.resolve({ done: false, value: chunk })
      return
    }
    this.#chunks.push(chunk)
    this.#waitingBytes += chunk.length
    if (this.#whole !== undefined) {
      if (this.#waitingBytes > this.#whole.limitBytes) this.#tooLong(this.#whole)
    } else if (this.#waitingBytes > HIGH_WATER_BYTES && !this.#isPaused) {
      this.#isPaused = true
      this.#controller.pause()
    }
  }

  end(): void {
    this.#hasEnded = true
    this.#reader?.resolve({ done: true, value: undefined })
    this.#reader = undefined
    if (this.#whole !== undefined) this.#whole.reader.resolve(this.#takeAll())
  }

  fail(reason: unknown): void {
    if (this.#hasEnded || this.#failure !== undefined) return
    this.#failure = { reason }
    this.#reader?.reject(reason)
    this.#reader = undefined
    this.#whole?.reader.reject(reason)
  }

  /** @throws ProviderFailure `malformed` where it has more than `limitBytes` */
  bytes(limitBytes: number): Promise<Buffer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.reason)
    if (this.#hasEnded) return Promise.resolve(this.#takeAll())
    return new Promise((resolve, reject) => {
      this.#whole = { limitBytes, reader: { resolve, reject } }
      this.#goOn()
    })
  }

  /** As `bytes`, decoded as UTF-8. */
  async text(limitBytes: number): Promise<string> {
    return (await this.bytes(limitBytes)).toString('utf8')
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const chunk = this.#chunks.shift()
    if (chunk !== undefined) {
      this.#waitingBytes -= chunk.length
      if (this.#waitingBytes <= HIGH_WATER_BYTES) this.#goOn()
      return Promise.resolve({ done: false, value: chunk })
    }
    if (this.#failure !== undefined) return Promise.reject(this.#failure.reason)
    if (this.#hasEnded) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject }
    })
  }

  /** Leaves off: what has not come yet is not wanted. */
  return(): Promise<IteratorResult<Uint8Array>> {
    if (!this.#hasEnded && this.#failure === undefined) {
      this.#failure = { reason: new Error('The reader left off.') }
      this.#controller.abort(new Error('The reader left off.'))
    }
    this.#reader?.resolve({ done: true, value: undefined })
    this.#reader = undefined
    this.#chunks = []
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this
  }

  #goOn(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#controller.resume()
  }

  #takeAll(): Buffer {
    const chunks = this.#chunks
    this.#chunks = []
    const [first] = chunks
    if (chunks.length !== 1 || first === undefined) return Buffer.concat(chunks)
    return Buffer.from(first.buffer, first.byteOffset, first.length)
  }

  #tooLong({ limitBytes, reader }: WaitingForAll): void {
    const failure = new ProviderFailure(
      'malformed',
      `The provider's answer has more than ${limitBytes} bytes, which is more than is read.`,
    )
    this.#failure = { reason: failure }
    this.#chunks = []
    reader.reject(failure)
    this.#controller.abort(failure)
  }
}
