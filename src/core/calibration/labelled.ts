import type { Encoder, FitProgress, LabelledText } from '../../contracts/index.ts'
import { sigmoid } from '../../util/exact-math.ts'
import { Decider } from '../decider.ts'
import type { SnapshotData } from '../snapshot-data.ts'
import { type Calibration, fitSharpness } from './calibration.ts'

// By as many rows is the calibration measured by cross-validation believed beside the labelled ones.
const PRIOR_ROWS = 30
// Strength with which the scope line is held to where it was, in units of squared log odds.
const SCOPE_PRIOR = 4
const FEWEST_OUT_OF_SCOPE = 10
// Labelled sets often hold fewer strays than traffic does; they count as at least this share of all rows.
const LEAST_STRAY_SHARE = 0.15

/**
 * The calibration of a snapshot improved by labelled queries: sharpness by the in-scope rows, and, where enough
 * out-of-scope rows are given, the line between in and out of scope by all.
 */
export function calibrateOnLabels(
  snapshot: SnapshotData,
  encoder: Encoder,
  data: readonly LabelledText[],
  onProgress: FitProgress = () => {},
): Calibration {
  const index = new Map(snapshot.routeSet.routes.map((route, i) => [route.name, i]))
  const { scorer, readText } = bound(new Decider(snapshot, encoder, ''))
  const classes = scorer.scores.length
  const inScope = data.filter(({ route }) => route !== null)
  const scores = new Float32Array(inScope.length * classes)
  const labels = new Int32Array(inScope.length)
  inScope.forEach(({ text, route }, row) => {
    readText(text)
    scores.set(scorer.scores, row * classes)
    labels[row] = index.get(route!)!
    if (row % 500 === 0) onProgress({ stage: 'calibrate on labels', done: row, total: data.length })
  })
  const sharpness =
    inScope.length === 0
      ? snapshot.calibration.sharpness
      : fitSharpness(
          { count: inScope.length, classes, scores, labels },
          snapshot.calibration.sharpness,
          PRIOR_ROWS,
        )
  const sharpened = { ...snapshot.calibration, sharpness }
  const outOfScope = data.length - inScope.length
  if (outOfScope < FEWEST_OUT_OF_SCOPE) return sharpened
  const reader = bound(new Decider({ ...snapshot, calibration: sharpened }, encoder, ''))
  const strayWeight = Math.max(
    1,
    (LEAST_STRAY_SHARE / (1 - LEAST_STRAY_SHARE)) * (inScope.length / outOfScope),
  )
  const rows = data
    .map(({ text, route }) => ({
      x: reader.readText(text).familiar,
      isIn: route !== null,
      weight: route === null ? strayWeight : 1,
    }))
    // A text of no known word is refused wherever the line is.
    .filter(({ x }) => Number.isFinite(x))
  return { ...sharpened, scope: fitScope(rows, sharpened.scope) }
}

const bound = (decider: Decider) => ({
  scorer: decider.scorer,
  readText: (text: string) => decider.readText(text, null, null),
})

/** Logistic regression of belonging on familiarity by Newton's method, held to `prior`. */
function fitScope(
  rows: readonly { x: number; isIn: boolean; weight: number }[],
  prior: Calibration['scope'],
): Calibration['scope'] {
  let a = prior.intercept
  let b = prior.slope
  for (let iteration = 0; iteration < 30; iteration++) {
    let ga = -SCOPE_PRIOR * (a - prior.intercept)
    let gb = -SCOPE_PRIOR * (b - prior.slope)
    let haa = SCOPE_PRIOR
    let hab = 0
    let hbb = SCOPE_PRIOR
    for (const { x, isIn, weight: rowWeight } of rows) {
      const p = sigmoid(a + b * x)
      const residual = rowWeight * ((isIn ? 1 : 0) - p)
      const weight = rowWeight * p * (1 - p)
      ga += residual
      gb += residual * x
      haa += weight
      hab += weight * x
      hbb += weight * x * x
    }
    const determinant = haa * hbb - hab * hab
    a += (hbb * ga - hab * gb) / determinant
    b += (haa * gb - hab * ga) / determinant
  }
  // More familiar must never mean less likely to belong.
  return { intercept: a, slope: Math.max(0.05, b) }
}
