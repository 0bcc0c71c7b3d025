import type { ServerResponse } from 'node:http'
import type { Timer } from '../../contracts/index.ts'
import type { Pauses } from './send-answer.ts'

/** A request whose answer is under way; what it waits for is given up when the client leaves. */
export class Exchange implements Pauses {
  readonly response: ServerResponse
  readonly #timer: Timer
  /** Where those wait that go on when they are released. */
  readonly #held: Set<(goesOn: boolean) => void>
  #isOver = false
  #hasLeft = false
  #giveUp: (() => void) | undefined
  #abort: (() => void) | undefined

  constructor(response: ServerResponse, timer: Timer, held: Set<(goesOn: boolean) => void>) {
    this.response = response
    this.#timer = timer
    this.#held = held
    response.on('close', () => {
      this.#isOver = true
      this.#giveUp?.()
      if (!response.writableFinished && !this.#hasLeft) this.#abort?.()
    })
  }

  /** Says that the connection is about to be ended from this side. */
  leave(): void {
    this.#hasLeft = true
  }

  /** Called once if the client leaves before the end of the answer. */
  onAbort(abort: () => void): void {
    this.#abort = abort
  }

  after(delayMs: number, callback: () => void): void {
    const cancel = this.#timer(() => {
      this.#giveUp = undefined
      callback()
    }, delayMs)
    this.#giveUp = cancel
  }

  wait(ms: number): Promise<boolean> {
    if (this.#isOver) return Promise.resolve(false)
    return new Promise((resolve) => {
      if (ms === 0) {
        setImmediate(() => resolve(!this.#isOver))
        return
      }
      const cancel = this.#timer(() => {
        this.#giveUp = undefined
        resolve(true)
      }, ms)
      this.#giveUp = () => {
        cancel()
        resolve(false)
      }
    })
  }

  untilReleased(): Promise<boolean> {
    if (this.#isOver) return Promise.resolve(false)
    return new Promise((resolve) => {
      const goOn = (goesOn: boolean) => {
        this.#giveUp = undefined
        resolve(goesOn)
      }
      this.#held.add(goOn)
      this.#giveUp = () => {
        this.#held.delete(goOn)
        resolve(false)
      }
    })
  }
}
