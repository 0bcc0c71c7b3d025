import { z } from 'zod'
import { type AnyEndpoint, defineEndpoint } from '../endpoint.ts'

const driftSchema = z
  .object({
    routeSet: z.string(),
    snapshot: z.string().describe('Fingerprint of the snapshot that decides now.'),
    state: z
      .enum(['learning', 'steady', 'drifting'])
      .describe('`learning` until enough decisions were made after the fit to compare with.'),
    drift: z
      .number()
      .describe('The larger of the two below; from 0.1 on a warning begins, below 0.05 it ends.'),
    confidence: z.number().describe('How far the confidence of recent decisions is from that after the fit.'),
    outOfScope: z.number().describe('The same for `outOfScope`.'),
    referenceDecisions: z.int().describe('Decisions after the fit that recent ones are compared with.'),
    windowDecisions: z.int().describe('Recent decisions that were compared last.'),
  })
  .meta({ id: 'Drift' })

export const driftEndpoints: readonly AnyEndpoint[] = [
  defineEndpoint({
    operation: 'getDrift',
    scope: 'routes:read',
    method: 'GET',
    path: '/v1/route-sets/{set}/drift',
    tag: 'Quality',
    summary: 'Whether traffic still looks as it did after the fit.',
    description:
      'Compares confidence and `outOfScope` of up to 2,000 recent decisions with the first 1,000 after the fit, as seen by the process that answers. Decisions by rules are left out.',
    params: { set: 'Name of the route set.' },
    answers: {
      200: { description: 'How far recent decisions are from those after the fit.', schema: driftSchema },
    },
    errors: ['route_set_not_found'],
    handle: ({ app, params }) => ({ routeSet: params.set, ...app.drift.status(params.set as string) }),
  }),
]
