import { expect, it } from 'vitest'
import { type Sample, slopeOf } from '../../benchmarks/gateway/slope.ts'
import { seededRandom } from '../../src/util/random.ts'

/** Ten minutes of samples around 100 MB with noise of 2 MB. */
function samplesOf(mbPerHour: number): Sample[] {
  const random = seededRandom(3)
  return Array.from({ length: 600 }, (_, seconds) => ({
    seconds,
    mb: 100 + (mbPerHour * seconds) / 3600 + (random() - 0.5) * 4,
  }))
}

it('finds how fast memory grows, within its margin', () => {
  const { mbPerHour, marginMbPerHour, fromSeconds } = slopeOf(samplesOf(60))
  expect(Math.abs(mbPerHour - 60)).toBeLessThan(marginMbPerHour)
  expect(mbPerHour - marginMbPerHour).toBeGreaterThan(0)
  expect(fromSeconds).toBeCloseTo(119.8)
})

it('finds no growth where there is only noise', () => {
  const { mbPerHour, marginMbPerHour } = slopeOf(samplesOf(0))
  expect(Math.abs(mbPerHour)).toBeLessThan(marginMbPerHour)
})

it('asks for more samples than blocks', () => {
  expect(() => slopeOf(samplesOf(0).slice(0, 30))).toThrow('40 samples or more')
})
