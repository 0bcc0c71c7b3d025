import { z } from 'zod'

/** What callers' bodies have that is understood here; everything else is passed on to the provider. */
const common = {
  model: z.string().min(1).describe('A model of the configuration, `auto`, or `route:NAME`.'),
  stream: z.boolean().nullable().optional().describe('Whether to answer in server-sent events.'),
}

const messages = z
  .array(z.looseObject({ role: z.string(), content: z.unknown().optional() }))
  .min(1)
  .describe('The conversation, oldest first.')

export const chatBodySchema = z.looseObject({ ...common, messages }).meta({ id: 'ChatCompletionRequest' })

export const responsesBodySchema = z
  .looseObject({
    ...common,
    input: z
      .union([z.string(), z.array(z.looseObject({}))])
      .optional()
      .describe('The conversation, or its last message.'),
  })
  .meta({ id: 'ResponsesRequest' })

export const messagesBodySchema = z
  .looseObject({
    ...common,
    max_tokens: z
      .unknown()
      .optional()
      .describe(
        'Most tokens to answer with, a whole number; judged by the provider. Anthropic itself needs it.',
      ),
    messages,
  })
  .meta({ id: 'MessagesRequest' })

export const countTokensBodySchema = z
  .looseObject({ model: common.model, messages })
  .meta({ id: 'CountTokensRequest' })

/** Errors as OpenAI tells them. */
export const openaiErrorSchema = z
  .object({
    error: z.looseObject({
      message: z.string(),
      type: z.string().nullish(),
      param: z.string().nullish(),
      code: z
        .union([z.string(), z.int()])
        .nullish()
        .describe('One of the error table, or the provider’s own.'),
      request_id: z.string().optional(),
    }),
  })
  .meta({ id: 'OpenaiError' })

/** Errors as Anthropic tells them. */
export const anthropicErrorSchema = z
  .object({
    type: z.literal('error'),
    error: z.looseObject({ type: z.string(), message: z.string() }),
    request_id: z.string().nullish(),
  })
  .meta({ id: 'AnthropicError' })
