import { joinLabels, label, type MetricFamily } from './metric-family.ts'
import type { MetricSource } from './metrics.ts'

/** Combinations of labels that one counter or gauge tells apart; what comes later goes to the labels `_other`. */
export const SERIES_LIMIT = 1000
const OTHER = '_other'

interface CounterOptions {
  readonly name: string
  readonly help: string
  /** Names of the labels. */
  readonly labels: readonly string[]
}

/** What was counted under one combination of labels; keep it and add to it, so that counting looks nothing up. */
interface CounterSeries {
  count: number
}

/** Counts by labels; only ever grows. */
export class Counter implements MetricSource {
  readonly #options: CounterOptions
  readonly #series = new Map<string, CounterSeries>()

  constructor(options: CounterOptions) {
    this.#options = options
  }

  /** The series of these values of the labels, made at the first call. */
  series(...values: readonly string[]): CounterSeries {
    const { labels } = this.#options
    const known = this.#series.get(labelText(labels, values))
    if (known) return known
    const text = labelText(labels, this.#series.size < SERIES_LIMIT ? values : othersOf(labels))
    const series = this.#series.get(text) ?? { count: 0 }
    this.#series.set(text, series)
    return series
  }

  families(): readonly MetricFamily[] {
    const { name, help } = this.#options
    const series = new Map([...this.#series].map(([labels, { count }]) => [labels, count]))
    return [{ name, type: 'counter', help, merge: 'sum', series }]
  }
}

/** The labels of a series as Prometheus writes them. */
export const labelText = (names: readonly string[], values: readonly string[]): string =>
  joinLabels(...names.map((name, index) => label(name, values[index] ?? '')))

export const othersOf = (names: readonly string[]): string[] => names.map(() => OTHER)
