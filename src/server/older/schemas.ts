import { z } from 'zod'
import { nameSchema } from '../wire/route-request.ts'

const probability = z.number().min(0).max(1)

const queryFields = {
  query: z.string().describe('The text to route.'),
  embedding: z
    .array(z.number())
    .max(16384)
    .optional()
    .describe('Accepted and not read: the text decides, and vectors of another encoder would mean nothing.'),
  k: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('Routes to name, the chosen one included; 1 if absent, so that there are no alternatives.'),
}

export const olderRouteRequestSchema = z.strictObject(queryFields).meta({ id: 'OlderRouteRequest' })

export type OlderRouteRequest = z.output<typeof olderRouteRequestSchema>

export const olderBatchRequestSchema = z
  .strictObject({
    queries: z
      .array(z.strictObject(queryFields))
      .min(1)
      .max(1024)
      .describe('The queries to route, 1 to 1024.'),
  })
  .meta({ id: 'OlderBatchRequest' })

export const olderDecisionSchema = z
  .object({
    route_id: z.string().nullable().describe('The chosen route, or null for no match.'),
    scores: z
      .object({
        semantic: probability.describe('Cosine to the nearest example of the best route; 0 if it has none.'),
        keyword: probability.describe('1 when a keyword of the best route is in the query, else 0.'),
        pattern: probability.describe('1 when a pattern of the best route is in the query, else 0.'),
        total: probability.describe('As `confidence`: one number decides.'),
        confidence: probability.describe('Probability that the best route is right, chosen or not.'),
      })
      .describe('Of the best route.'),
    latency_ms: z.number().min(0).describe('Time the decision took, in milliseconds.'),
    alternatives: z
      .array(z.object({ route_id: z.string(), confidence: probability }))
      .describe('Other routes, best first, at most k - 1.'),
  })
  .meta({ id: 'OlderDecision' })

export type OlderDecision = z.output<typeof olderDecisionSchema>

export const olderBatchAnswerSchema = z.object({
  results: z.array(olderDecisionSchema).describe('In the order of the queries.'),
  total: z.int(),
})

/** As the reader of route files takes it, which checks the body and knows more. */
export const olderRouteBodySchema = z
  .object({
    id: nameSchema.describe('Unique.'),
    description: z.string().optional(),
    examples: z.array(z.string()).optional(),
    keywords: z.array(z.string()).optional().describe('Phrases that favour the route.'),
    patterns: z.array(z.string()).optional().describe('Phrases or /regex/flags that force the route.'),
    threshold: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('A confidence; 0.5 unless the set says otherwise.'),
  })
  .meta({ id: 'OlderRouteBody' })

export const olderRouteSchema = z
  .object({
    id: nameSchema,
    description: z.string(),
    examples: z.array(z.string()),
    keywords: z.array(z.string()),
    patterns: z.array(z.string()),
    threshold: z.number().min(0).max(1).nullable(),
  })
  .meta({ id: 'OlderRoute' })

export type OlderRoute = z.output<typeof olderRouteSchema>

export const olderRouteListSchema = z.object({ routes: z.array(olderRouteSchema), total: z.int() })

export const olderExecuteRequestSchema = z
  .strictObject({
    query: z.string().min(1).describe('The message to answer.'),
    k: queryFields.k,
    context: z.looseObject({}).optional().describe('Accepted and not read.'),
    stream: z.literal(false).optional().describe('`POST /v1/execute` streams.'),
  })
  .meta({ id: 'OlderExecuteRequest' })

export const olderExecuteAnswerSchema = z
  .object({
    response: z.string(),
    route_id: z.string().nullable().describe('The chosen route, or null for no match.'),
    confidence: probability,
    provider: z.string(),
    model: z.string(),
    cache_hit: z.boolean().describe('Always false: nothing is cached.'),
    cost_usd: z.number().nullable().describe('Null where it is not known.'),
    latency_ms: z.number().min(0),
  })
  .meta({ id: 'OlderExecution' })
