import { z } from 'zod'
import type { App } from '../../app/index.ts'
import { StrataError } from '../../errors/index.ts'
import { type AnyEndpoint, bodyParser, defineEndpoint } from '../endpoint.ts'
import { assertTextLength } from '../wire/read-route-request.ts'
import { askedFor, callerErrorBody } from './answer-call.ts'
import { beginModelCall } from './begin-model-call.ts'
import { executionHeaders } from './execution-headers.ts'
import { MODEL_ERRORS } from './model-errors.ts'
import { openaiErrorSchema } from './schemas.ts'

/** The encoder that is inside, as a model. */
export const BUILTIN_MODEL = 'builtin'

const MOST_TEXTS = 2048

const requestSchema = z
  .looseObject({
    model: z
      .string()
      .min(1)
      .describe('A model of the configuration, or `builtin`: the encoder that is inside.'),
    input: z
      .union([
        z.string().min(1),
        z.array(z.string().min(1)).min(1).max(MOST_TEXTS),
        z.array(z.unknown()).min(1),
      ])
      .describe('A text or several. Tokens are passed on to providers, and refused for `builtin`.'),
    encoding_format: z
      .enum(['float', 'base64'])
      .optional()
      .describe('Numbers, or base64 of little-endian float32; numbers if absent.'),
  })
  .meta({ id: 'EmbeddingsRequest' })

type EmbeddingsRequest = z.output<typeof requestSchema>

const parse = bodyParser(requestSchema)

/** The texts of a request for the encoder that is inside. */
function textsOf({ input, ...rest }: EmbeddingsRequest, app: App): readonly string[] {
  const texts = typeof input === 'string' ? [input] : input
  if (texts.length > MOST_TEXTS) {
    throw new StrataError(
      'invalid_request',
      `The model ${BUILTIN_MODEL} takes ${MOST_TEXTS} texts at once, got ${texts.length}; send them in several requests.`,
    )
  }
  const { dimensions } = rest
  if (dimensions !== undefined && dimensions !== app.encoder.dimensions) {
    throw new StrataError(
      'invalid_request',
      `The encoder makes vectors of ${app.encoder.dimensions} numbers, and ${JSON.stringify(dimensions)} were asked for; leave dimensions out.`,
    )
  }
  return texts.map((text, index) => {
    if (typeof text !== 'string') {
      throw new StrataError(
        'invalid_request',
        `The model ${BUILTIN_MODEL} takes texts, and input[${index}] is none.`,
      )
    }
    assertTextLength(text, `input[${index}]`, app.config.server.textLimitBytes)
    return text
  })
}

function builtinAnswer(body: EmbeddingsRequest, app: App) {
  const texts = textsOf(body, app)
  const written = (vector: Float32Array): readonly number[] | string =>
    body.encoding_format === 'base64'
      ? Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')
      : [...vector]
  // Nobody is charged for these, and counting pieces of words would cost as much as the vectors.
  const characters = texts.reduce((sum, text) => sum + text.length, 0)
  const tokens = Math.ceil(characters / CHARACTERS_PER_TOKEN)
  return {
    object: 'list',
    data: texts.map((text, index) => ({
      object: 'embedding',
      index,
      embedding: written(app.encoder.encode(text)),
    })),
    model: BUILTIN_MODEL,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

const CHARACTERS_PER_TOKEN = 4

export const embeddingsEndpoint: AnyEndpoint = defineEndpoint<EmbeddingsRequest>({
  operation: 'embeddings',
  scope: 'execute',
  method: 'POST',
  path: '/v1/embeddings',
  tag: 'Models',
  summary: 'Make vectors of texts, as OpenAI’s embeddings.',
  description:
    'By a model of the configuration, or by the encoder that is inside, which needs no key and no network.',
  body: requestSchema,
  example: { model: BUILTIN_MODEL, input: ['where is my refund?'] },
  answers: { 200: { description: 'As the interface has it.' } },
  errors: ['invalid_request', 'text_too_long', ...MODEL_ERRORS],
  errorBody: callerErrorBody('openai-chat'),
  errorSchema: openaiErrorSchema,
  parse: (body) => parse(body),
  async handle({ app, body, identity, reply }) {
    if (body.model === BUILTIN_MODEL) {
      app.limits.admit(identity, 0)
      return builtinAnswer(body, app)
    }
    const { runtime } = await app.gateway()
    const execution = await runtime.execute({
      ...askedFor(reply.request.headers),
      purpose: 'embed',
      call: { protocol: 'openai-chat', body, stream: false },
      model: body.model,
      identity,
      signal: beginModelCall(app, reply),
      span: reply.request.span,
      waits: reply.request,
    })
    reply.request.execution = execution
    reply.headers(executionHeaders(execution, reply.elapsedTime))
    return (execution.answer as { readonly text: string }).text
  },
})
