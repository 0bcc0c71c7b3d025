import { z } from 'zod'
import { decisionSchema } from '../wire/decision.ts'
import { nameSchema } from '../wire/route-request.ts'

const messages = z
  .array(
    z.looseObject({ role: z.enum(['system', 'user', 'assistant', 'tool']), content: z.unknown().optional() }),
  )
  .min(1)

export const executeRequestSchema = z
  .strictObject({
    text: z.string().min(1).optional().describe('The message to answer.'),
    messages: messages
      .optional()
      .describe('Instead of `text`, a conversation, its messages as in OpenAI’s chat completions.'),
    context: z
      .array(z.string())
      .max(100)
      .optional()
      .describe(
        'With `text`: previous messages of the user, oldest first. They are sent to the model before it.',
      ),
    model: z
      .string()
      .min(1)
      .default('auto')
      .describe('A model of the configuration, `route:NAME`, or `auto`: the decision names it.'),
    routeSet: nameSchema.optional().describe('The route set that decides; `default` if absent.'),
    session: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .describe('Names the conversation, which then stays with its model.'),
    stream: z.boolean().default(false).describe('Whether to answer in server-sent events.'),
    temperature: z.number().min(0).max(2).optional(),
    maxOutputTokens: z.int().min(1).optional().describe('Most tokens to answer with.'),
    tools: z.array(z.looseObject({})).optional().describe('As in OpenAI’s chat completions.'),
  })
  .refine(({ text, messages }) => (text === undefined) !== (messages === undefined), {
    message: 'expected either `text` or `messages`',
    path: ['text'],
  })
  .meta({ id: 'ExecuteRequest' })

export type ExecuteRequest = z.output<typeof executeRequestSchema>

const tokens = z.int().min(0)

const usageSchema = z.object({
  inputTokens: tokens.describe('All that was read, cached and written ones included.'),
  cachedInputTokens: tokens,
  cacheWriteTokens: tokens,
  outputTokens: tokens.describe('All that was written, reasoning included.'),
  reasoningTokens: tokens,
})

const costSchema = z
  .number()
  .nullable()
  .describe('US dollars; null where it is not known, never 0 for want of a price.')
const milliseconds = z.number().min(0)

export const executeAnswerSchema = z
  .object({
    executionId: z.string(),
    decision: decisionSchema.nullable().describe('Null where a model or a route was named.'),
    model: z.string().describe('The model that answered, by its name here.'),
    provider: z.string(),
    response: z.string().describe('The text of the answer.'),
    toolCalls: z
      .array(z.object({ id: z.string(), name: z.string(), arguments: z.string().describe('JSON text.') }))
      .optional()
      .describe('Tools that the model wants called.'),
    finish: z.enum(['stop', 'length', 'tool-calls', 'content-filter']).describe('Why the answer ends.'),
    cache: z.object({ status: z.enum(['bypass', 'coalesced']) }),
    attempts: z.array(
      z.object({
        provider: z.string(),
        model: z.string(),
        outcome: z.string().describe('`ok`, or what went wrong.'),
        status: z.int().nullable().describe('HTTP status of the provider.'),
        startedMs: milliseconds,
        durationMs: milliseconds,
        firstByteMs: milliseconds.nullable(),
        usage: usageSchema.nullable(),
        costUsd: costSchema,
        message: z.string().nullable(),
      }),
    ),
    usage: usageSchema.nullable(),
    costUsd: costSchema,
    unpriced: z.boolean().describe('Whether tokens were used whose price is not known.'),
    latencyMs: milliseconds,
    overheadMs: milliseconds.describe('`latencyMs` less the time spent waiting for others.'),
  })
  .meta({ id: 'Execution' })
