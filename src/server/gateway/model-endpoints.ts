import { z } from 'zod'
import { type AnyEndpoint, defineEndpoint } from '../endpoint.ts'
import { callerErrorBody } from './answer-call.ts'
import { BUILTIN_MODEL } from './embeddings-endpoint.ts'
import { openaiErrorSchema } from './schemas.ts'

const modelListSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.object({
        id: z.string().describe('What to send as `model`.'),
        object: z.literal('model'),
        created: z.int().describe('Always 0: it is not known.'),
        owned_by: z.string().describe('The provider, or `stratarouter` for what it does itself.'),
      }),
    ),
  })
  .meta({ id: 'ModelList' })

const listed = (id: string, owner: string) => ({ id, object: 'model', created: 0, owned_by: owner }) as const

export const modelEndpoints: readonly AnyEndpoint[] = [
  defineEndpoint({
    operation: 'listModels',
    scope: 'execute',
    method: 'GET',
    path: '/v1/models',
    tag: 'Models',
    summary: 'List the models that may be named.',
    description:
      '`auto` stands for the model that the decision names, `builtin` for the encoder that is inside.',
    answers: { 200: { description: 'The models.', schema: modelListSchema } },
    errors: [],
    errorBody: callerErrorBody('openai-chat'),
    errorSchema: openaiErrorSchema,
    async handle({ app, identity }) {
      const { models } = await app.gateway()
      return {
        object: 'list',
        data: [
          listed('auto', 'stratarouter'),
          ...models
            .all()
            .filter(({ name }) => identity.models === null || identity.models.has(name))
            .map(({ name, deployments }) => listed(name, deployments[0].provider.name)),
          listed(BUILTIN_MODEL, 'stratarouter'),
        ],
      }
    },
  }),
]
