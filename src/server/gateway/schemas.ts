import { z } from 'zod'

/** What callers' bodies have that is understood here; everything else is passed on to the provider. */
const common = {
  model: z.string().min(1).describe('A model of the configuration, `auto`, or `route:NAME`.'),
  stream: z.boolean().optional().describe('Whether to answer in server-sent events.'),
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
  .looseObject({ ...common, max_tokens: z.int().min(1).describe('Most tokens to answer with.'), messages })
  .meta({ id: 'MessagesRequest' })

export const countTokensBodySchema = z
  .looseObject({ model: common.model, messages })
  .meta({ id: 'CountTokensRequest' })
