import { z } from 'zod'
import { evaluationSchema } from './evaluation.ts'
import { nameSchema } from './route-request.ts'
import { routeSetFields, versionSchema } from './route-set.ts'

const shareSchema = z
  .number()
  .gt(0)
  .max(1)
  .describe('Share of the messages that a shadow or canary takes part in.')

const rateSchema = z
  .number()
  .gt(0)
  .lt(1)
  .describe('Be wrong at most this share of the times a route is chosen.')

const number = z.number().nullable()

const reportSchema = z
  .object({
    routes: z.int(),
    examples: z.int(),
    accuracyCv: number.describe('Share of held-out examples whose best route is right.'),
    eceCv: number.describe('Expected calibration error on held-out examples.'),
    eceCvByChance: number.describe('What that would be by chance if confidence were perfect.'),
    thresholds: z.object({
      default: z.number(),
      scope: z.object({ inScopeRejected: z.number(), oosRecall: z.number() }).optional(),
      guarantee: z
        .object({
          maxErrorRate: z.number(),
          delta: z.number(),
          coverage: z.number(),
          rows: z.int(),
        })
        .optional()
        .describe('The promise of `maxErrorRate`; absent where there is too little data to give it.'),
    }),
    seconds: z.number(),
    bytes: z.int(),
  })
  .meta({ id: 'FitReport' })

const heldOutSchema = evaluationSchema
  .nullable()
  .describe(
    'On a fifth of the labelled rows, chosen by a fixed seed, after a fit with the others; null with fewer than 25 rows. At most 100 misses and 50 confusions.',
  )

const stateFields = {
  version: versionSchema,
  state: z.enum(['active', 'candidate', 'shadow', 'canary', 'superseded']),
  share: shareSchema.optional(),
}

export const versionListSchema = z
  .object({
    routeSet: nameSchema,
    versions: z
      .array(
        z.object({
          ...stateFields,
          routes: z.int().describe('Number of routes.'),
          createdAt: z.int().describe('Milliseconds since 1970.'),
          evaluation: z
            .object({
              n: z.int(),
              inScopeAccuracy: number,
              thresholdedAccuracy: number,
              oosRecall: number,
              inScopeRejected: number,
              ece: number,
              coverageAt975: number,
            })
            .optional()
            .describe('Of a version that was fitted with labelled rows; the version itself has all of it.'),
        }),
      )
      .describe('Newest first.'),
  })
  .meta({ id: 'VersionList' })

export const versionDetailSchema = z
  .object({
    name: nameSchema,
    ...stateFields,
    createdAt: z.int().describe('Milliseconds since 1970.'),
    ...routeSetFields,
    fitRows: z.int().describe('Labelled rows that it is fitted with.'),
    maxErrorRate: rateSchema.optional(),
    report: reportSchema.optional(),
    evaluation: heldOutSchema.optional(),
    shadow: z
      .object({
        agree: z.int(),
        differ: z.int(),
        differences: z
          .array(z.object({ text: z.string(), active: z.string().nullable(), shadow: z.string().nullable() }))
          .describe('The newest first, at most 100; only where texts are recorded in full.'),
      })
      .optional()
      .describe('How often a shadow has decided as the active version did, in the process that answers.'),
  })
  .meta({ id: 'Version' })

export const rollbackBodySchema = z
  .strictObject({ version: z.int().min(1).describe('The version to go back to.') })
  .meta({ id: 'RollbackBody' })

export const rolledBackSchema = z
  .object({ name: nameSchema, version: versionSchema, restored: z.int(), routes: z.int() })
  .meta({ id: 'RolledBack' })

/** What a fit may say besides the rows and the routes, which have readers of their own. */
export const fitOptionsSchema = z.strictObject({
  maxErrorRate: rateSchema.optional(),
  useFeedback: z
    .boolean()
    .optional()
    .describe('Whether the feedback given for the set counts as labelled rows; true if absent.'),
  state: z
    .enum(['candidate', 'shadow', 'canary', 'active'])
    .optional()
    .describe('What the new version is for; candidate if absent.'),
  share: shareSchema.optional().describe('Of a shadow (1 if absent) or canary (0.1 if absent).'),
})

export const fitBodySchema = z
  .object({
    data: z
      .array(z.object({ text: z.string(), route: z.string().nullable() }))
      .optional()
      .describe('Labelled rows; if absent, those that the active version is fitted with.'),
    ...fitOptionsSchema.shape,
    routes: routeSetFields.routes
      .optional()
      .describe('A whole new route set, with `outOfScope` and `defaults`; the active one if absent.'),
    outOfScope: routeSetFields.outOfScope,
    defaults: routeSetFields.defaults,
  })
  .meta({ id: 'FitBody' })

export const fittedVersionSchema = z
  .object({
    name: nameSchema,
    ...stateFields,
    rows: z.int().describe('Labelled rows it was fitted with, feedback included.'),
    feedbackRows: z.int(),
    report: reportSchema,
    evaluation: heldOutSchema,
  })
  .meta({ id: 'FittedVersion' })

export const stateBodySchema = z
  .strictObject({
    state: z.enum(['shadow', 'canary', 'active', 'retired']),
    share: shareSchema.optional().describe('Of a shadow (1 if absent) or canary (0.1 if absent).'),
  })
  .meta({ id: 'VersionStateBody' })

export const versionStateSchema = z
  .object({ name: nameSchema, ...stateFields, activeVersion: versionSchema })
  .meta({ id: 'VersionState' })
