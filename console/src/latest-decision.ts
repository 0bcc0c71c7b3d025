import type { Decision } from '../../src/contracts/index.ts'

/** How long the typing must rest before the message is sent. */
const REST_MS = 120

interface LatestDecisionOptions {
  readonly ask: (text: string, signal: AbortSignal) => Promise<Decision>
  readonly onAnswer: (text: string, decision: Decision) => void
  readonly onProblem: (thrown: unknown) => void
}

/** Asks for decisions while somebody types. Only the answer to the latest message counts, whatever comes when. */
export class LatestDecision {
  readonly #options: LatestDecisionOptions
  #timer: ReturnType<typeof setTimeout> | undefined
  #asking: AbortController | undefined

  constructor(options: LatestDecisionOptions) {
    this.#options = options
  }

  /** Asks once the typing rests. */
  askSoon(text: string): void {
    this.cancel()
    this.#timer = setTimeout(() => void this.askNow(text), REST_MS)
  }

  /** Asks at once; resolves when this question is answered, refused or overtaken. */
  async askNow(text: string): Promise<void> {
    this.cancel()
    const asking = new AbortController()
    this.#asking = asking
    try {
      const decision = await this.#options.ask(text, asking.signal)
      if (!asking.signal.aborted) this.#options.onAnswer(text, decision)
    } catch (error) {
      if (!asking.signal.aborted) this.#options.onProblem(error)
    }
  }

  /** Forgets the question that is under way or about to be asked. */
  cancel(): void {
    clearTimeout(this.#timer)
    this.#asking?.abort()
  }
}
