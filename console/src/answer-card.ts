import { announce } from './announcer.ts'
import { answerView, spokenAnswer } from './answer-view.ts'
import { asProblem, type CallProblem, type ExecutionAnswer } from './api.ts'
import { byId, h, redraw } from './dom.ts'

interface AnswerCardOptions {
  readonly ask: (text: string, signal: AbortSignal) => Promise<ExecutionAnswer>
  readonly onProblem: (problem: CallProblem) => void
}

const ASK = 'Have it answered'

/** Lets the message be answered by a model, when asked to: an answer may cost money. */
export class AnswerCard {
  readonly #options: AnswerCardOptions
  readonly #button = byId<HTMLButtonElement>('answer-button')
  #text = ''
  #asking: AbortController | undefined

  constructor(options: AnswerCardOptions) {
    this.#options = options
    this.#button.addEventListener('click', () => {
      if (this.#asking) this.#stop()
      else void this.#ask()
    })
  }

  /** The message that may be answered; an answer to another one is taken away, one under way is given up. */
  show(text: string): void {
    const message = text.trim()
    byId('answer-card').hidden = message === ''
    if (message === this.#text) return
    this.#text = message
    this.#stop()
  }

  #stop(): void {
    this.#asking?.abort()
    this.#settle()
    redraw(byId('answer'))
  }

  async #ask(): Promise<void> {
    const asking = new AbortController()
    this.#asking = asking
    this.#button.textContent = 'Stop'
    byId('answer-card').setAttribute('aria-busy', 'true')
    redraw(byId('answer'), h('p', { class: 'quiet' }, 'Waiting for the answer…'))
    try {
      const answer = await this.#options.ask(this.#text, asking.signal)
      if (asking.signal.aborted) return
      redraw(byId('answer'), ...answerView(answer))
      announce(spokenAnswer(answer))
    } catch (thrown) {
      if (asking.signal.aborted) return
      const problem = asProblem(thrown)
      redraw(byId('answer'), h('p', { class: 'refusal', id: 'answer-problem' }, problem.message))
      announce(problem.message)
      this.#options.onProblem(problem)
    }
    this.#settle()
  }

  #settle(): void {
    this.#asking = undefined
    this.#button.textContent = ASK
    byId('answer-card').removeAttribute('aria-busy')
  }
}
