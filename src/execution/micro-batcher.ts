import type { Timer } from '../contracts/index.ts'
import { ProviderFailure, StrataError } from '../errors/index.ts'
import { invoke } from './layer.ts'

/** How inputs become batches. */
export interface MicroBatcherOptions<Input, Output> {
  /** One answer for each input, in their order. The signal is aborted when nobody waits for any of them. */
  readonly run: (inputs: readonly Input[], signal: AbortSignal) => Promise<readonly Output[]>
  /** By which inputs are equal, and asked for once in a batch. */
  readonly keyOf: (input: Input) => string
  /** How long a batch waits for more after its first input. */
  readonly windowMs: number
  /** Different inputs of one batch; a full one does not wait. */
  readonly maxSize: number
  /** Inputs that wait for an answer, those of batches under way included. */
  readonly maxWaiting: number
  readonly timer: Timer
}

interface Waiter<Output> {
  readonly signal: AbortSignal
  readonly onAbort: () => void
  resolve(output: Output): void
  reject(error: unknown): void
}

interface Entry<Input, Output> {
  readonly input: Input
  readonly waiters: Set<Waiter<Output>>
}

interface Batch<Input, Output> {
  readonly entries: Map<string, Entry<Input, Output>>
  readonly controller: AbortController
  waiting: number
  isUnderWay: boolean
  cancelTimer: () => void
}

/**
 * Puts single inputs that come within a moment into one call, equal ones once. Who aborts only leaves: the others get
 * their answers, and a batch that nobody waits for is aborted. An error goes to all who are in the batch.
 */
export class MicroBatcher<Input, Output> {
  readonly #options: MicroBatcherOptions<Input, Output>
  #filling: Batch<Input, Output> | undefined
  #waiting = 0

  /** A batcher without inputs. */
  constructor(options: MicroBatcherOptions<Input, Output>) {
    this.#options = options
  }

  get waiting(): number {
    return this.#waiting
  }

  /**
   * The output for one input, made in a batch with others.
   * @throws StrataError overloaded; the signal's reason; whatever the batch ended with
   */
  submit(input: Input, signal: AbortSignal): Promise<Output> {
    if (signal.aborted) return Promise.reject(signal.reason)
    const { keyOf, maxSize, maxWaiting } = this.#options
    if (this.#waiting >= maxWaiting) {
      return Promise.reject(
        new StrataError('overloaded', `${maxWaiting} inputs wait for an answer already; try again later`),
      )
    }
    const batch = this.#filling ?? this.#open()
    const key = keyOf(input)
    let entry = batch.entries.get(key)
    if (entry === undefined) {
      entry = { input, waiters: new Set() }
      batch.entries.set(key, entry)
    }
    const result = this.#wait(batch, key, entry, signal)
    if (batch.entries.size >= maxSize) this.#send(batch)
    return result
  }

  #open(): Batch<Input, Output> {
    const { timer, windowMs } = this.#options
    const batch: Batch<Input, Output> = {
      entries: new Map(),
      controller: new AbortController(),
      waiting: 0,
      isUnderWay: false,
      cancelTimer: timer(() => this.#send(batch), windowMs),
    }
    this.#filling = batch
    return batch
  }

  #wait(
    batch: Batch<Input, Output>,
    key: string,
    entry: Entry<Input, Output>,
    signal: AbortSignal,
  ): Promise<Output> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter<Output> = {
        signal,
        resolve,
        reject,
        onAbort: () => {
          this.#dismiss(batch, entry, waiter)
          reject(signal.reason)
          if (!batch.isUnderWay && entry.waiters.size === 0) batch.entries.delete(key)
          if (batch.waiting === 0) this.#abandon(batch, signal.reason)
        },
      }
      entry.waiters.add(waiter)
      batch.waiting++
      this.#waiting++
      signal.addEventListener('abort', waiter.onAbort)
    })
  }

  #dismiss(batch: Batch<Input, Output>, entry: Entry<Input, Output>, waiter: Waiter<Output>): void {
    waiter.signal.removeEventListener('abort', waiter.onAbort)
    entry.waiters.delete(waiter)
    batch.waiting--
    this.#waiting--
  }

  #abandon(batch: Batch<Input, Output>, reason: unknown): void {
    if (batch.isUnderWay) batch.controller.abort(reason)
    else this.#close(batch)
  }

  /** Of batches only the one that is being filled is open. */
  #close(batch: Batch<Input, Output>): void {
    batch.cancelTimer()
    this.#filling = undefined
  }

  #send(batch: Batch<Input, Output>): void {
    this.#close(batch)
    batch.isUnderWay = true
    const entries = [...batch.entries.values()]
    const inputs = entries.map(({ input }) => input)
    invoke((all) => this.#options.run(all, batch.controller.signal), inputs).then(
      (outputs) => {
        if (outputs.length === entries.length) {
          this.#settle(batch, entries, (waiter, position) => waiter.resolve(outputs[position]!))
          return
        }
        const error = new ProviderFailure(
          'malformed',
          `Expected ${entries.length} answers to a batch of ${entries.length} inputs, got ${outputs.length}`,
        )
        this.#settle(batch, entries, (waiter) => waiter.reject(error))
      },
      (error) => this.#settle(batch, entries, (waiter) => waiter.reject(error)),
    )
  }

  #settle(
    batch: Batch<Input, Output>,
    entries: readonly Entry<Input, Output>[],
    answer: (waiter: Waiter<Output>, position: number) => void,
  ): void {
    for (const [position, entry] of entries.entries()) {
      for (const waiter of [...entry.waiters]) {
        this.#dismiss(batch, entry, waiter)
        answer(waiter, position)
      }
    }
  }
}
