import { leastSquares } from '../quality/least-squares.ts'

export interface Sample {
  readonly seconds: number
  readonly mb: number
}

export interface Slope {
  readonly mbPerHour: number
  /** Half the width of the interval that holds it with 95%. */
  readonly marginMbPerHour: number
  /** Samples before this second are left out: what is loaded and compiled once. */
  readonly fromSeconds: number
}

const WARM_UP_SHARE = 0.2
/** Samples hang together, as memory is given back in steps; means of so many blocks do so far less. */
const BLOCKS = 20
/** Student's t, two-sided 95%, for 18 degrees of freedom. */
const T = 2.101

/** How fast memory grows: the line of least squares through means of blocks of equal length. */
export function slopeOf(samples: readonly Sample[]): Slope {
  const end = samples.at(-1)?.seconds ?? 0
  const fromSeconds = end * WARM_UP_SHARE
  const settled = samples.filter(({ seconds }) => seconds >= fromSeconds)
  if (settled.length < 2 * BLOCKS) {
    throw new Error(`Expected ${2 * BLOCKS} samples or more after the warm-up, got ${settled.length}.`)
  }
  const blocks = Array.from({ length: BLOCKS }, (_, block) => {
    const at = (number: number) => Math.floor((number * settled.length) / BLOCKS)
    const list = settled.slice(at(block), at(block + 1))
    const mean = (of: (sample: Sample) => number) => list.reduce((sum, one) => sum + of(one), 0) / list.length
    return { hours: mean(({ seconds }) => seconds) / 3600, mb: mean(({ mb }) => mb) }
  })
  const meanHours = blocks.reduce((sum, { hours }) => sum + hours, 0) / BLOCKS
  const terms = blocks.map(({ hours }) => [1, hours - meanHours])
  const [level, mbPerHour] = leastSquares(
    terms,
    blocks.map(({ mb }) => mb),
  ) as [number, number]
  const squares = blocks.reduce(
    (sum, { hours, mb }) => sum + (mb - level - mbPerHour * (hours - meanHours)) ** 2,
    0,
  )
  const spread = blocks.reduce((sum, { hours }) => sum + (hours - meanHours) ** 2, 0)
  return {
    mbPerHour,
    marginMbPerHour: T * Math.sqrt(squares / (BLOCKS - 2) / spread),
    fromSeconds,
  }
}
