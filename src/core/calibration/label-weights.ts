// Nobody knows from labelled rows how much of the traffic belongs nowhere: people collect strays until they have some,
// or as many as they can. Within these bounds the labels are believed.
const LEAST_STRAY_SHARE = 0.15
const MOST_STRAY_SHARE = 0.25

/** What one labelled row of each kind counts, 0..1. */
interface LabelWeights {
  readonly inScope: number
  readonly stray: number
}

/**
 * Weights by which strays make up 15 to 25% of the labelled rows. The kind of which there are too many counts less;
 * none ever counts more than one row, so that ten strays among thousands of rows stay the evidence of ten.
 */
export function labelWeights(inScope: number, strays: number): LabelWeights {
  const most = (share: number, ofOthers: number, rows: number) =>
    rows === 0 ? 0 : Math.min(1, (share / (1 - share)) * (ofOthers / rows))
  return {
    inScope: most(1 - LEAST_STRAY_SHARE, strays, inScope),
    stray: most(MOST_STRAY_SHARE, inScope, strays),
  }
}
