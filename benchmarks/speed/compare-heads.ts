import { routeCohesion } from '../../src/core/calibration/cohesion.ts'
import { exampleRows } from '../../src/core/calibration/cross-validation.ts'
import { lexicalScaleFor, lexicalWords, QueryFeatures } from '../../src/core/features/query-features.ts'
import { featuriseTexts } from '../../src/core/features/training-rows.ts'
import type { FittedHead } from '../../src/core/heads/fitted-head.ts'
import { fitFullHead } from '../../src/core/heads/full-head.ts'
import { LinearScorer } from '../../src/core/heads/linear-scorer.ts'
import { fitRivalHead } from '../../src/core/heads/rival-head.ts'
import { collectTrainingTexts } from '../../src/core/training-texts.ts'
import { loadBuiltinEncoder } from '../../src/index.ts'
import type { MeasuredSet } from './route-sets.ts'
import type { HeadsOutcome } from './tasks.ts'

/** Both ways to fit a head on the same set: how long they take, and how often the best route is right. */
export async function compareHeads({ routes, queries }: MeasuredSet): Promise<HeadsOutcome> {
  const encoder = await loadBuiltinEncoder()
  const texts = collectTrainingTexts({ routes })
  const lexicalScale = lexicalScaleFor(
    routes.reduce((sum, { examples }) => sum + examples.length, 0) / routes.length,
  )
  const featurised = featuriseTexts(texts, routes.length, encoder, lexicalScale)
  const { rows, vocabulary } = featurised
  const cohesion = routeCohesion(rows.dense, rows.dims, exampleRows(texts, routes.length))
  const features = new QueryFeatures(encoder)
  const accuracyOf = ({ head, postings }: FittedHead): number => {
    const scorer = new LinearScorer(head, postings)
    const right = queries.filter(({ text, route }) => {
      features.fill(text, lexicalWords(text), vocabulary, lexicalScale)
      scorer.scoreVector(features.dense)
      scorer.addSparse(features.sparse.ids, features.sparse.values, 0, features.sparse.count)
      let best = 0
      for (let k = 0; k < routes.length; k++) if (scorer.scores[k]! > scorer.scores[best]!) best = k
      return routes[best]!.name === route
    })
    return right.length / queries.length
  }
  const [full, rivals] = [fitFullHead, fitRivalHead].map((fitHead) => {
    const start = performance.now()
    const head = fitHead({ texts, featurised, cohesion, onProgress: () => {} })
    return { seconds: (performance.now() - start) / 1000, accuracy: accuracyOf(head) }
  })
  return { full: full!, rivals: rivals! }
}
