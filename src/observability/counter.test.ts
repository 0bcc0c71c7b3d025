import { describe, expect, it } from 'vitest'
import { Counter } from './counter.ts'
import { Gauge } from './gauge.ts'
import { mergeFamilies, renderFamilies } from './metric-family.ts'

const newCounter = () => new Counter({ name: 'c_total', help: 'Things.', labels: ['kind', 'size'] })

describe('Counter', () => {
  it('counts by labels and is rendered as Prometheus reads it', () => {
    const counter = newCounter()
    const small = counter.series('a"\n', 'small')
    small.count++
    small.count += 2
    expect(counter.series('a"\n', 'small')).toBe(small)
    expect(renderFamilies(counter.families())).toBe(
      '# HELP c_total Things.\n# TYPE c_total counter\nc_total{kind="a\\"\\n",size="small"} 3\n',
    )
  })

  it('counts what comes after a thousand series together', () => {
    const counter = newCounter()
    for (let count = 0; count < 3000; count++) counter.series(`k${count}`, 's').count++
    const series = counter.families()[0]?.series
    expect(series?.size).toBe(1001)
    expect(series?.get('kind="_other",size="_other"')).toBe(2000)
    expect(series?.get('kind="k999",size="s"')).toBe(1)
  })

  it('is added up over processes', () => {
    const families = [1, 2].map((amount) => {
      const counter = newCounter()
      counter.series('a', 'b').count = amount
      return counter.families()
    })
    const merged = mergeFamilies(families.map((family, index) => ({ worker: `${index}`, families: family })))
    expect(merged[0]?.series.get('kind="a",size="b"')).toBe(3)
  })
})

describe('Gauge', () => {
  const gauge = (merge: 'sum' | 'max', values: readonly (readonly [string, number])[]) =>
    new Gauge({
      name: 'g',
      help: 'Now.',
      labels: ['set'],
      merge,
      measure: () => values.map(([label, value]) => [[label], value]),
    })

  it('is measured when somebody looks', () => {
    const values: [string, number][] = [['a', 1]]
    const made = gauge('sum', values)
    values.push(['b', 5])
    expect(renderFamilies(made.families())).toContain('g{set="a"} 1\ng{set="b"} 5\n')
  })

  it('keeps a thousand names and makes one of the rest, as it makes one of the values of several processes', () => {
    const values = Array.from({ length: 1500 }, (_, index) => [`s${index}`, index] as const)
    expect(gauge('max', values).families()[0]?.series.get('set="_other"')).toBe(1499)
    const added = gauge('sum', values).families()[0]?.series
    expect(added?.size).toBe(1001)
    expect(added?.get('set="_other"')).toBe(values.slice(1000).reduce((sum, [, value]) => sum + value, 0))
    const worst = mergeFamilies([
      { worker: '0', families: gauge('max', [['a', 2]]).families() },
      { worker: '1', families: gauge('max', [['a', 1]]).families() },
    ])
    expect(worst[0]?.series.get('set="a"')).toBe(2)
  })
})
