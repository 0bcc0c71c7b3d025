import type { Clock, Timer } from '../contracts/index.ts'

interface Alarm {
  readonly atMs: number
  readonly callback: () => void
}

/** Time that a test moves by hand; what is due happens in order, with all promises settled in between. */
export class ManualTime implements Clock {
  #nowMs = 1_000
  readonly #alarms = new Set<Alarm>()

  now(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  readonly timer: Timer = (callback, delayMs) => {
    const alarm = { atMs: this.#nowMs + Math.max(0, delayMs), callback }
    this.#alarms.add(alarm)
    return () => this.#alarms.delete(alarm)
  }

  /** Alarms that are set. */
  get alarms(): number {
    return this.#alarms.size
  }

  async advance(milliseconds: number): Promise<void> {
    const endMs = this.#nowMs + milliseconds
    await settled()
    for (let alarm = this.#first(); alarm !== undefined && alarm.atMs <= endMs; alarm = this.#first()) {
      this.#nowMs = alarm.atMs
      this.#alarms.delete(alarm)
      alarm.callback()
      await settled()
    }
    this.#nowMs = endMs
  }

  #first(): Alarm | undefined {
    let first: Alarm | undefined
    for (const alarm of this.#alarms) if (first === undefined || alarm.atMs < first.atMs) first = alarm
    return first
  }
}

/** Once all promises that could settle by themselves have. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export async function readAll<Event>(events: AsyncIterable<Event>): Promise<Event[]> {
  const all: Event[] = []
  for await (const event of events) all.push(event)
  return all
}
