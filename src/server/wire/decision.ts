import { z } from 'zod'

const probability = z.number().min(0).max(1)

const candidateSchema = z
  .object({
    route: z.string(),
    confidence: probability.describe('Probability that this route is right.'),
    score: z.number().describe('Uncalibrated, for ranking only.'),
  })
  .meta({ id: 'Candidate' })

const explanationSchema = z
  .object({
    summary: z.string().describe('One sentence for people.'),
    nearest: z
      .array(z.object({ route: z.string(), example: z.string(), similarity: z.number() }))
      .describe('The nearest examples of the winner and the runner-up.'),
    words: z
      .array(z.object({ text: z.string(), effect: z.number() }))
      .describe(
        'Words by what they added to the best candidate against the runner-up, largest effect first.',
      ),
    rules: z
      .array(z.object({ route: z.string(), then: z.string(), when: z.string() }))
      .describe('Rules that matched.'),
    runnerUp: candidateSchema.nullable(),
    flip: z
      .object({
        withoutWords: z.array(z.string()).optional(),
        then: z.string().nullable().optional(),
        threshold: z.number().optional(),
      })
      .describe('What would change the decision.'),
    segment: z
      .string()
      .optional()
      .describe('The part of the message that decided, when it was not the whole.'),
    usedContext: z.boolean().describe('True when previous messages were needed to decide.'),
    corrections: z
      .array(z.object({ from: z.string(), to: z.string() }))
      .describe('Spelling corrections made.'),
  })
  .meta({ id: 'Explanation' })

export const decisionSchema = z
  .object({
    id: z.string().describe('Names this decision; unique.'),
    route: z.string().nullable().describe('The chosen route, or null for no match.'),
    confidence: probability.describe(
      'Probability that the best candidate is right, whether or not it was chosen.',
    ),
    outOfScope: probability.describe('Probability that no route is right; confidence allows for it already.'),
    threshold: probability.describe('The confidence that was needed.'),
    reason: z.enum(['match', 'rule', 'below-threshold', 'out-of-scope', 'ambiguous']),
    candidates: z.array(candidateSchema).describe('Best first.'),
    metadata: z.record(z.string(), z.unknown()).describe('Metadata of the chosen route; empty for no match.'),
    snapshot: z.string().describe('Fingerprint of the snapshot that decided.'),
    latencyUs: z.number().describe('Time the decision took, in microseconds.'),
    encoder: z
      .string()
      .optional()
      .describe('Where a slower encoder is configured: the one that had the last word.'),
    asked: z
      .enum(['answered', 'timed-out', 'failed'])
      .optional()
      .describe(
        'When the slower encoder was asked: whether it answered; without an answer the built-in one decided alone.',
      ),
    intents: z
      .array(z.object({ route: z.string(), confidence: probability, text: z.string() }))
      .optional()
      .describe('Present when parts of the message ask for different routes.'),
    explanation: explanationSchema.optional(),
  })
  .meta({ id: 'Decision' })

export const decisionsSchema = z.object({
  decisions: z.array(decisionSchema).describe('In the order of the texts.'),
})
