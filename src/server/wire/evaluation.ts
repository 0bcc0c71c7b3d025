import { z } from 'zod'
import { versionSchema } from './route-set.ts'

const share = z.number().nullable()

export const evaluationSchema = z
  .object({
    n: z.int(),
    inScope: z.int(),
    outOfScope: z.int(),
    inScopeAccuracy: share.describe('The best route is right, thresholds ignored, on in-scope rows.'),
    thresholdedAccuracy: share.describe('The decision (route or no match) is right, on all rows.'),
    oosRecall: share.describe('Out-of-scope rows answered no match.'),
    oosPrecision: share.describe('Rows answered no match that are out of scope.'),
    inScopeRejected: share.describe('In-scope rows answered no match.'),
    oosAuroc: share.describe('Area under the ROC curve of `outOfScope` as a detector of out-of-scope rows.'),
    ece: share.describe('Expected calibration error on in-scope rows, 15 equal-mass bins.'),
    eceMixed: share.describe('The same over all rows.'),
    brier: share,
    aurc: share.describe('Area under the risk-coverage curve.'),
    coverageAt975: share.describe('Largest share of in-scope rows whose accuracy is at least 0.975.'),
    latencyUs: z.object({ p50: z.number(), p99: z.number() }),
    confusions: z.array(
      z.object({
        expected: z.string().nullable(),
        got: z.string().nullable(),
        count: z.int(),
        examples: z.array(z.string()),
      }),
    ),
    misses: z.array(
      z.object({
        text: z.string(),
        expected: z.string().nullable(),
        got: z.string().nullable(),
        confidence: z.number(),
      }),
    ),
    reliability: z.array(z.object({ confidence: z.number(), accuracy: z.number(), count: z.int() })),
    thresholdCurve: z.array(
      z.object({
        threshold: z.number(),
        coverage: z.number(),
        errorRate: z.number(),
        oosRecall: share,
        inScopeRejected: share,
      }),
    ),
  })
  .meta({ id: 'Evaluation' })

export const evaluationAnswerSchema = evaluationSchema
  .extend({
    version: versionSchema.describe('The version that was scored.'),
    asked: z.int().describe('Rows that the slower encoder was asked for.'),
    unanswered: z.int().describe('Of those: not answered in time, or at all.'),
    seen: z
      .int()
      .describe(
        'Rows that the version has learned from, word for word: an example or other text of the set, or a labelled row of its fit. They flatter: leave them out for figures to go by.',
      ),
  })
  .meta({ id: 'EvaluationAnswer' })
