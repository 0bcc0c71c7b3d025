import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../util/random.ts'
import { DriftMonitor } from './drift-monitor.ts'
import { compareHistograms, DRIFT_BINS, driftBin, groupBins } from './drift-statistics.ts'

const probability = fc.double({ min: 0, max: 1, noNaN: true })
const spiky = fc.array(fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat(1000)), {
  minLength: DRIFT_BINS,
  maxLength: DRIFT_BINS,
})
const histogram = fc.array(fc.nat(300), { minLength: DRIFT_BINS, maxLength: DRIFT_BINS })

describe('the bins of a probability', () => {
  it('are in order and hold every probability', () => {
    fc.assert(
      fc.property(probability, probability, (a, b) => {
        const [low, high] = [driftBin(Math.min(a, b)), driftBin(Math.max(a, b))]
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThan(DRIFT_BINS)
        expect(low).toBeLessThanOrEqual(high)
      }),
    )
    expect([0, 0.5, 1].map(driftBin)).toEqual([0, DRIFT_BINS / 2 - 1, DRIFT_BINS - 1])
  })

  it('are joined to groups of a twentieth of the reference, in order, but for what lies beside a heavy bin', () => {
    fc.assert(
      fc.property(fc.oneof(histogram, spiky), (counts) => {
        const groups = groupBins(counts)
        const least = Math.max(1, counts.reduce((a, b) => a + b, 0) / 20)
        const sums = new Map<number, number>()
        expect(groups[0]).toBe(0)
        groups.forEach((group, bin) => {
          expect([0, 1]).toContain(group - (groups[bin - 1] ?? 0))
          sums.set(group, (sums.get(group) ?? 0) + (counts[bin] as number))
        })
        for (const [bin, count] of counts.entries()) {
          if (count >= least) expect(sums.get(groups[bin] as number)).toBe(count)
        }
        const light = [...sums.values()].filter((sum) => sum < least).length
        expect(light).toBeLessThanOrEqual(counts.filter((count) => count >= least).length + 1)
      }),
    )
  })

  it('are two groups where all of the reference is in the last one', () => {
    const counts = new Array(DRIFT_BINS).fill(0)
    counts[DRIFT_BINS - 1] = 1000
    expect([...groupBins(counts)]).toEqual([...new Array(DRIFT_BINS - 1).fill(0), 1])
  })
})

describe('the comparison of histograms', () => {
  it('finds nothing between a histogram and itself, and something finite between any two', () => {
    fc.assert(
      fc.property(histogram, histogram, (a, b) => {
        const groups = groupBins(a)
        expect(compareHistograms(a, a, groups)).toEqual({ drift: 0, isBeyondNoise: false })
        const { drift } = compareHistograms(a, b, groups)
        expect(drift).toBeGreaterThanOrEqual(0)
        expect(drift).toBeLessThan(Number.POSITIVE_INFINITY)
      }),
    )
  })

  it('takes off what sampling alone makes of the index', () => {
    const random = seededRandom(1)
    const sample = (rows: number) => {
      const counts = new Array(DRIFT_BINS).fill(0)
      for (let row = 0; row < rows; row++) counts[Math.floor(random() * DRIFT_BINS)]++
      return counts
    }
    let sum = 0
    let beyond = 0
    const rounds = 2000
    for (let round = 0; round < rounds; round++) {
      const reference = sample(1000)
      const { drift, isBeyondNoise } = compareHistograms(reference, sample(250), groupBins(reference))
      sum += drift
      if (isBeyondNoise) beyond++
    }
    // The index itself is about 0.1 here.
    expect(sum / rounds).toBeLessThan(0.02)
    expect(beyond).toBeLessThanOrEqual(1)
  })
})

/** Observes so many draws; the states that were entered. */
function feed(monitor: DriftMonitor, count: number, draw: () => number): string[] {
  const entered: string[] = []
  for (let seen = 0; seen < count; seen++) {
    const value = draw()
    if (monitor.observe(value, 1 - value) !== null) entered.push(monitor.status.state)
  }
  return entered
}

describe('DriftMonitor', () => {
  it('learns first, warns when decisions change and calms down when they are as before', () => {
    const random = seededRandom(2)
    const usual = () => 0.3 + 0.7 * random()
    const monitor = new DriftMonitor()
    expect(feed(monitor, 999, usual)).toEqual([])
    expect(monitor.status).toMatchObject({ state: 'learning', drift: 0, referenceDecisions: 999 })
    expect(feed(monitor, 20_001, usual)).toEqual(['steady'])
    expect(monitor.status).toMatchObject({ referenceDecisions: 1000, windowDecisions: 2000 })
    expect(feed(monitor, 2000, () => (random() < 0.3 ? 0.1 * random() : usual()))).toEqual(['drifting'])
    expect(monitor.status.drift).toBeGreaterThan(0.2)
    expect(feed(monitor, 4000, usual)).toEqual(['steady'])
  })

  it('says nothing of a change that is too small to matter', () => {
    const random = seededRandom(3)
    const usual = () => 0.3 + 0.7 * random()
    const monitor = new DriftMonitor()
    feed(monitor, 1000, usual)
    expect(feed(monitor, 20_000, () => (random() < 0.03 ? 0.1 * random() : usual()))).toEqual([])
  })

  it('neither begins nor ends a warning for a change of middle size', () => {
    const random = seededRandom(9)
    const usual = () => 0.3 + 0.7 * random()
    const draw = (share: number) => () => (random() < share ? 0.1 * random() : usual())
    const monitor = new DriftMonitor()
    feed(monitor, 1000, usual)
    expect(feed(monitor, 10_000, draw(0.035))).toEqual([])
    expect(monitor.status.drift).toBeGreaterThan(0.05)
    expect(feed(monitor, 4000, draw(0.3))).toEqual(['drifting'])
    expect(feed(monitor, 10_000, draw(0.035))).toEqual([])
    expect(monitor.status.drift).toBeLessThan(0.1)
  })

  it('goes by a reference that it is given', () => {
    const random = seededRandom(4)
    const learned = new DriftMonitor()
    feed(learned, 1000, random)
    const other = new DriftMonitor()
    feed(other, 500, () => 0.5)
    other.adopt(JSON.parse(JSON.stringify(learned.reference)))
    expect(other.status.state).toBe('steady')
    expect(feed(other, 10_000, random)).toEqual([])
    expect(feed(other, 1000, () => random() ** 2)).toEqual(['drifting'])
  })

  it('sees a tenth of unsure decisions among such as were all sure, and lets one in fifty pass', () => {
    for (const [share, expected] of [
      [0, []],
      [0.02, []],
      [0.1, ['drifting']],
    ] as const) {
      const random = seededRandom(6)
      const monitor = new DriftMonitor()
      feed(monitor, 1000, () => 0.9999)
      expect(feed(monitor, 4000, () => (random() < share ? 0.4 : 0.9999))).toEqual(expected)
    }
  })
})
