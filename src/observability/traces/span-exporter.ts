import type { Timer, Transport } from '../../contracts/index.ts'

interface SpanExporterOptions {
  /** Where batches are posted, path included. */
  readonly url: string
  /** Of every batch, such as a key. */
  readonly headers: Readonly<Record<string, string>>
  /** What comes before the spans of a batch and after them. */
  readonly frame: readonly [before: string, after: string]
  readonly transport: Transport
  readonly timer: Timer
  /** Told once a batch could not be delivered, until one could again. */
  readonly onFailure: (problem: string) => void
  readonly onDropped: (spans: number) => void
}

/** How long a span waits for others at most. */
const BATCH_DELAY_MS = 1000
const BATCH_SPANS = 512
/** Characters of what waits; beyond them spans are dropped. */
const QUEUE_CHARACTERS = 4 * 1024 * 1024
const EXPORT_TIMEOUT_MS = 10_000
const CLOSE_TIMEOUT_MS = 2000
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 60_000
const ANSWER_BYTES = 64 * 1024
/** What the protocol says to send again; anything else is refused for good. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** Sends spans in batches over OTLP/HTTP, one batch at a time; a collector that is away costs spans, and nothing else. */
export class SpanExporter {
  readonly #options: SpanExporterOptions
  #waiting: string[] = []
  #characters = 0
  #cancelTimer: (() => void) | undefined
  #sending: Promise<void> | undefined
  #posting: AbortController | undefined
  #pauseMs = 0
  #isFailing = false
  #isClosed = false

  constructor(options: SpanExporterOptions) {
    this.#options = options
  }

  /** Memory of what waits, in bytes: JSON of names and numbers has one for a character. */
  get bytes(): number {
    return this.#characters
  }

  /** @param span JSON text */
  add(span: string): void {
    if (this.#isClosed || this.#characters + span.length > QUEUE_CHARACTERS) {
      this.#options.onDropped(1)
      return
    }
    this.#waiting.push(span)
    this.#characters += span.length
    if (this.#sending === undefined) this.#schedule()
  }

  /** Sends what waits, once and for at most two seconds; what cannot be delivered is dropped. */
  async close(): Promise<void> {
    this.#isClosed = true
    let isTimeUp = false
    const cancel = this.#options.timer(() => {
      isTimeUp = true
      this.#posting?.abort(new Error(`the collector has not answered within ${CLOSE_TIMEOUT_MS} ms`))
    }, CLOSE_TIMEOUT_MS)
    await this.#sending
    this.#cancelTimer?.()
    while (this.#waiting.length > 0 && !this.#isFailing && !isTimeUp) await this.#sendBatch()
    cancel()
    this.#drop(this.#waiting.length)
  }

  #schedule(): void {
    if (this.#pauseMs === 0 && this.#waiting.length >= BATCH_SPANS) this.#send()
    else this.#cancelTimer ??= this.#options.timer(() => this.#send(), this.#pauseMs || BATCH_DELAY_MS)
  }

  #send(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#sending = this.#sendBatch().finally(() => {
      this.#sending = undefined
      if (!this.#isClosed && this.#waiting.length > 0) this.#schedule()
    })
  }

  /** Never rejects. */
  async #sendBatch(): Promise<void> {
    const spans = this.#waiting.slice(0, BATCH_SPANS)
    const outcome = await this.#post(spans)
    if (outcome === 'delivered') {
      this.#isFailing = false
      this.#pauseMs = 0
      this.#remove(spans.length)
      return
    }
    const { problem, isFinal, waitMs } = outcome
    if (!this.#isFailing) this.#options.onFailure(problem)
    this.#isFailing = true
    if (isFinal) this.#drop(spans.length)
    this.#pauseMs = waitMs ?? Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2))
  }

  async #post(
    spans: readonly string[],
  ): Promise<'delivered' | { problem: string; isFinal: boolean; waitMs?: number }> {
    const { url, headers, frame, transport, timer } = this.#options
    const [before, after] = frame
    const controller = new AbortController()
    this.#posting = controller
    const late = new Error(`the collector has not answered within ${EXPORT_TIMEOUT_MS} ms`)
    const cancel = timer(() => controller.abort(late), EXPORT_TIMEOUT_MS)
    try {
      const answer = await transport.send({
        method: 'POST',
        url,
        headers: { ...headers, 'content-type': 'application/json' },
        body: before + spans.join(',') + after,
        signal: controller.signal,
      })
      await answer.text(ANSWER_BYTES)
      if (answer.status >= 200 && answer.status < 300) return 'delivered'
      const seconds = Number(answer.headers['retry-after'])
      return {
        problem: `the collector answered with status ${answer.status}`,
        isFinal: !RETRYABLE.has(answer.status),
        ...(seconds > 0 ? { waitMs: Math.min(LONGEST_PAUSE_MS, seconds * 1000) } : {}),
      }
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error), isFinal: false }
    } finally {
      cancel()
      this.#posting = undefined
    }
  }

  #remove(count: number): void {
    for (const span of this.#waiting.splice(0, count)) this.#characters -= span.length
  }

  #drop(count: number): void {
    if (count === 0) return
    this.#remove(count)
    this.#options.onDropped(count)
  }
}
