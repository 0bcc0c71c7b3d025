import { labelText, othersOf, SERIES_LIMIT } from './counter.ts'
import type { MetricFamily } from './metric-family.ts'
import type { MetricSource } from './metrics.ts'

interface GaugeOptions {
  readonly name: string
  readonly help: string
  /** Names of the labels. */
  readonly labels: readonly string[]
  /** How values of the same labels, here or of several processes, become one: `sum` for amounts, `max` for the worst. */
  readonly merge: MetricFamily['merge']
  /** The values of the labels, and what they have now; called when somebody looks, so that it costs nothing between. */
  readonly measure: () => Iterable<readonly [labels: readonly string[], value: number]>
}

/** What has a value now, by labels. */
export class Gauge implements MetricSource {
  readonly #options: GaugeOptions

  constructor(options: GaugeOptions) {
    this.#options = options
  }

  families(): readonly MetricFamily[] {
    const { name, help, labels, merge, measure } = this.#options
    const series = new Map<string, number>()
    for (const [values, value] of measure()) {
      const own = labelText(labels, values)
      const text = series.has(own) || series.size < SERIES_LIMIT ? own : labelText(labels, othersOf(labels))
      const before = series.get(text)
      series.set(
        text,
        before === undefined ? value : merge === 'sum' ? before + value : Math.max(before, value),
      )
    }
    return [{ name, type: 'gauge', help, merge, series }]
  }
}
