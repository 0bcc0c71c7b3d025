/** Everything counted under one name, as plain data that can be sent to another process and added to what that counted. */
export interface MetricFamily {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** How the values of several processes become one; counters and histograms are always added. */
  readonly merge: 'sum' | 'max'
  /** True for what describes one process: several are told apart by a label, never made into one. */
  readonly ofProcess?: boolean
  /** Upper bounds of a histogram's buckets, inclusive, ascending; the last bucket, above all of them, has none. */
  readonly bounds?: readonly number[]
  /**
   * By the labels as Prometheus writes them, such as `operation="route",status="200"`. A histogram's value is the count
   * of each bucket, not cumulative, and then the sum of what was observed.
   */
  readonly series: ReadonlyMap<string, number | readonly number[]>
}

/** The figures of one process. */
interface ProcessFigures {
  /** Tells its process figures apart, as the label `worker`. */
  readonly worker: string
  readonly families: readonly MetricFamily[]
}

/** The figures of several processes as those of one. */
export function mergeFamilies(processes: readonly ProcessFigures[]): MetricFamily[] {
  const merged = new Map<
    string,
    MetricFamily & { readonly series: Map<string, number | readonly number[]> }
  >()
  for (const { worker, families } of processes) {
    for (const family of families) {
      const { ofProcess, ...rest } = family
      let into = merged.get(family.name)
      // Where nothing was observed yet, the bounds are not known either.
      if (into === undefined || into.series.size === 0) {
        into = { ...rest, series: new Map() }
        merged.set(family.name, into)
      }
      for (const [labels, value] of family.series) {
        const key = ofProcess ? joinLabels(label('worker', worker), labels) : labels
        const before = into.series.get(key)
        into.series.set(key, before === undefined ? value : mergeValues(family, before, value))
      }
    }
  }
  return [...merged.values()]
}

/** What stays true of a process that has ended: what it counted, not what it held. */
export function withoutGauges(families: readonly MetricFamily[]): MetricFamily[] {
  return families.filter(({ type }) => type !== 'gauge')
}

/** Prometheus text format 0.0.4. */
export function renderFamilies(families: readonly MetricFamily[]): string {
  return families.map(renderFamily).join('')
}

/** One label as Prometheus writes it. */
export const label = (name: string, value: string): string =>
  `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`

export const joinLabels = (...labels: readonly string[]): string =>
  labels.filter((text) => text !== '').join(',')

function mergeValues(
  { type, merge }: MetricFamily,
  a: number | readonly number[],
  b: number | readonly number[],
): number | readonly number[] {
  if (typeof a !== 'number' && typeof b !== 'number') return a.map((value, index) => value + (b[index] ?? 0))
  if (typeof a !== 'number' || typeof b !== 'number')
    throw new TypeError('a histogram is merged with a number')
  return type === 'gauge' && merge === 'max' ? Math.max(a, b) : a + b
}

function renderFamily({ name, type, help, bounds = [], series }: MetricFamily): string {
  let text = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
  for (const [labels, value] of series) {
    text +=
      typeof value === 'number'
        ? `${name}${braced(labels)} ${number(value)}\n`
        : renderHistogram(name, labels, bounds, value)
  }
  return text
}

function renderHistogram(
  name: string,
  labels: string,
  bounds: readonly number[],
  value: readonly number[],
): string {
  let text = ''
  let cumulative = 0
  for (let bucket = 0; bucket <= bounds.length; bucket++) {
    cumulative += value[bucket] ?? 0
    const bound = bucket < bounds.length ? String(bounds[bucket]) : '+Inf'
    text += `${name}_bucket${braced(joinLabels(labels, `le="${bound}"`))} ${cumulative}\n`
  }
  const sum = value[bounds.length + 1] ?? 0
  return `${text}${name}_sum${braced(labels)} ${number(sum)}\n${name}_count${braced(labels)} ${cumulative}\n`
}

const braced = (labels: string): string => (labels === '' ? '' : `{${labels}}`)

const number = (value: number): string =>
  value === Number.POSITIVE_INFINITY ? '+Inf' : value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
