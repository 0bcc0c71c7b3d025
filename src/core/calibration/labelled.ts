import type { Encoder, FitProgress, LabelledText } from '../../contracts/index.ts'
import { Decider } from '../decider.ts'
import type { SnapshotData } from '../snapshot-data.ts'
import { type Calibration, fitSharpness } from './calibration.ts'
import { labelledScopeLine } from './labelled-scope-line.ts'

// By as many rows is the calibration measured by cross-validation believed beside the labelled ones.
const PRIOR_ROWS = 100

/**
 * The calibration of a snapshot improved by labelled queries: sharpness by the in-scope rows, and, where there
 * are out-of-scope rows too, the line between in and out of scope by all. Either is held to where it was, so that a few
 * labels change little.
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
  // Rows of one kind say nothing of the line between the two.
  if (inScope.length === 0 || inScope.length === data.length) return sharpened
  const reader = bound(new Decider({ ...snapshot, calibration: sharpened }, encoder, ''))
  const rows = data
    .map(({ text, route }) => ({ familiar: reader.readText(text).familiar, isInScope: route !== null }))
    // A text of no known word is refused wherever the line is.
    .filter(({ familiar }) => Number.isFinite(familiar))
  return { ...sharpened, scope: labelledScopeLine(rows, sharpened.scope) }
}

const bound = (decider: Decider) => ({
  scorer: decider.scorer,
  readText: (text: string) => decider.readText(text, null, null),
})
