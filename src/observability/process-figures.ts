import { collectDefaultMetrics, type MetricValueWithName, Registry } from 'prom-client'
import { joinLabels, label, type MetricFamily } from './metric-family.ts'

/** Memory, processor time, event loop and garbage collection of this process, under the names that dashboards know. */
export class ProcessRecorder {
  readonly #registry = new Registry()

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
  }

  async families(): Promise<MetricFamily[]> {
    const metrics = await this.#registry.getMetricsAsJSON()
    return metrics.map((metric): MetricFamily => {
      const { name, help, values } = metric
      const shared = { name, help, merge: 'sum', ofProcess: true } as const
      // Declared as a number, and a word when it comes.
      const type = String(metric.type)
      if (type === 'histogram') return { ...shared, type, ...histogram(values) }
      return {
        ...shared,
        type: type === 'counter' ? 'counter' : 'gauge',
        series: new Map(values.map(({ labels, value }) => [labelText(labels), value])),
      }
    })
  }
}

type Labels = Readonly<Partial<Record<string, string | number>>>

const labelText = (labels: Labels): string =>
  joinLabels(...Object.entries(labels).map(([name, value]) => label(name, String(value))))

/** From cumulative buckets, a value each, to one array a series. */
function histogram(values: readonly MetricValueWithName<string>[]): Pick<MetricFamily, 'bounds' | 'series'> {
  const bounds = [
    ...new Set(values.flatMap(({ labels }) => (labels.le === undefined ? [] : [String(labels.le)]))),
  ]
    .filter((bound) => bound !== '+Inf')
    .map(Number)
  const series = new Map<string, number[]>()
  const cumulative = new Map<string, number>()
  for (const { labels, value, metricName = '' } of values) {
    const { le, ...others } = labels
    const key = labelText(others)
    const counts = series.get(key) ?? new Array<number>(bounds.length + 2).fill(0)
    series.set(key, counts)
    if (metricName.endsWith('_sum')) counts[bounds.length + 1] = value
    else if (le !== undefined) {
      const bucket = le === '+Inf' ? bounds.length : bounds.indexOf(Number(le))
      counts[bucket] = value - (cumulative.get(key) ?? 0)
      cumulative.set(key, value)
    }
  }
  return { bounds, series }
}
