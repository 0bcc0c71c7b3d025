/** Bins of a probability, of equal width in log odds: those near 0 and 1 are told apart as well as those between. */
export const DRIFT_BINS = 40

// Log odds of -6 to 6, that is 0.0025 to 0.9975; beyond lie the first and the last bin.
const BOUNDS = Float64Array.from({ length: DRIFT_BINS - 1 }, (_, index) => {
  const odds = Math.exp(-6 + (12 * index) / (DRIFT_BINS - 2))
  return odds / (1 + odds)
})

/** Bins are joined until they hold this share of the reference: groups of a few rows say nothing but noise. */
const GROUP_SHARE = 0.05

/** Added to the share of each group, so that what was never seen counts once it is more than a few in a hundred. */
const FLOOR = 0.005

// Standard normal quantile of 1 - 1e-6: by chance alone one comparison in a million is beyond it.
const NOISE_QUANTILE = 4.753

/** The bin of a probability. */
export function driftBin(probability: number): number {
  let low = 0
  let high = DRIFT_BINS - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (probability > (BOUNDS[middle] as number)) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Joins neighbouring bins to groups of a twentieth of the reference; gives the group of each bin. A bin that holds so much
 * alone is a group, and what lies between two such is one too, however little it is: where all of the reference is
 * sure, that is where the unsure would appear.
 */
export function groupBins(reference: ArrayLike<number>): Int32Array {
  const groups = new Int32Array(reference.length)
  const least = Math.max(1, sumOf(reference) * GROUP_SHARE)
  let next = 0
  for (let start = 0; start < reference.length; ) {
    let end = start
    while (end < reference.length && (reference[end] as number) < least) end++
    next = groupRun(reference, groups, { start, end, least, next })
    if (end < reference.length) groups[end] = next++
    start = end + 1
  }
  return groups
}

/** Groups bins that are each too light to be one; what is left at the end goes to the last group, if there is one. */
function groupRun(
  reference: ArrayLike<number>,
  groups: Int32Array,
  { start, end, least, next }: { start: number; end: number; least: number; next: number },
): number {
  if (start === end) return next
  let left = 0
  for (let bin = start; bin < end; bin++) left += reference[bin] as number
  let group = next
  let inGroup = 0
  for (let bin = start; bin < end; bin++) {
    groups[bin] = group
    inGroup += reference[bin] as number
    if (inGroup >= least && left - inGroup >= least) {
      left -= inGroup
      inGroup = 0
      group++
    }
  }
  return group + 1
}

interface DriftComparison {
  /** Population stability index less what sampling alone makes of it on average; 0 for the same distribution. */
  readonly drift: number
  /** True when sampling alone practically never differs as much. */
  readonly isBeyondNoise: boolean
}

/**
 * Compares two histograms over the groups of `groupBins`.
 * @remarks The population stability index, the sum of (q - p) ln(q / p), is the symmetrised Kullback-Leibler divergence.
 * For samples of n and m rows of one distribution it is distributed about as (1/n + 1/m) times chi squared with one degree
 * of freedom less than there are groups; the mean of that is taken off, and its quantile is the noise that counts.
 * @see Yurdakul, 2018, "Statistical properties of the population stability index"; Wilson and Hilferty, 1931
 */
export function compareHistograms(
  reference: ArrayLike<number>,
  window: ArrayLike<number>,
  groups: Int32Array,
): DriftComparison {
  const count = (groups.at(-1) ?? 0) + 1
  const degrees = count - 1
  const of = grouped(reference, groups, count)
  const now = grouped(window, groups, count)
  const rows = sumOf(of)
  const rowsNow = sumOf(now)
  if (degrees === 0 || rows === 0 || rowsNow === 0) return { drift: 0, isBeyondNoise: false }
  let index = 0
  for (let group = 0; group < count; group++) {
    const p = (of[group] as number) / rows + FLOOR
    const q = (now[group] as number) / rowsNow + FLOOR
    index += (q - p) * Math.log(q / p)
  }
  const scale = 1 / rows + 1 / rowsNow
  const spread = 2 / (9 * degrees)
  const quantile = degrees * (1 - spread + NOISE_QUANTILE * Math.sqrt(spread)) ** 3
  return { drift: Math.max(0, index - degrees * scale), isBeyondNoise: index > quantile * scale }
}

function grouped(counts: ArrayLike<number>, groups: Int32Array, count: number): Float64Array {
  const sums = new Float64Array(count)
  for (let bin = 0; bin < groups.length; bin++) {
    const group = groups[bin] as number
    sums[group] = (sums[group] as number) + (counts[bin] as number)
  }
  return sums
}

function sumOf(counts: ArrayLike<number>): number {
  let sum = 0
  for (let bin = 0; bin < counts.length; bin++) sum += counts[bin] as number
  return sum
}
