import { z } from 'zod'
import type { Identity } from '../../access/index.ts'
import type { App } from '../../app/index.ts'
import { StrataError } from '../../errors/index.ts'
import { type AnyEndpoint, defineEndpoint } from '../endpoint.ts'
import { callerErrorBody } from './answer-call.ts'
import { BUILTIN_MODEL } from './embeddings-endpoint.ts'
import { openaiErrorSchema } from './schemas.ts'

const modelSchema = z
  .object({
    id: z.string().describe('What to send as `model`.'),
    object: z.literal('model'),
    created: z.int().describe('Always 0: it is not known.'),
    owned_by: z.string().describe('The provider, or `stratarouter` for what it does itself.'),
  })
  .meta({ id: 'Model' })

const modelListSchema = z
  .object({ object: z.literal('list'), data: z.array(modelSchema) })
  .meta({ id: 'ModelList' })

const listed = (id: string, owner: string) => ({ id, object: 'model', created: 0, owned_by: owner }) as const

/** The models that a caller may name. */
async function modelsFor(app: App, { models: allowed }: Identity) {
  const { models } = await app.gateway()
  return [
    listed('auto', 'stratarouter'),
    ...models
      .all()
      .filter(({ name }) => allowed === null || allowed.has(name))
      .map(({ name, deployments }) => listed(name, deployments[0].provider.name)),
    listed(BUILTIN_MODEL, 'stratarouter'),
  ]
}

const common = {
  scope: 'execute',
  method: 'GET',
  tag: 'Models',
  errorBody: callerErrorBody('openai-chat'),
  errorSchema: openaiErrorSchema,
} as const

export const modelEndpoints: readonly AnyEndpoint[] = [
  defineEndpoint({
    ...common,
    operation: 'listModels',
    path: '/v1/models',
    summary: 'List the models that may be named.',
    description:
      '`auto` stands for the model that the decision names, `builtin` for the encoder that is inside.',
    answers: { 200: { description: 'The models.', schema: modelListSchema } },
    errors: ['invalid_api_key', 'permission_denied'],
    handle: async ({ app, identity }) => ({ object: 'list', data: await modelsFor(app, identity) }),
  }),
  defineEndpoint({
    ...common,
    operation: 'getModel',
    path: '/v1/models/{model}',
    summary: 'Tell whether a model may be named.',
    params: { model: 'Name of the model.' },
    answers: { 200: { description: 'The model.', schema: modelSchema } },
    errors: ['invalid_api_key', 'permission_denied', 'model_not_found'],
    async handle({ app, identity, params }) {
      const name = params.model as string
      const found = (await modelsFor(app, identity)).find(({ id }) => id === name)
      if (found !== undefined) return found
      throw new StrataError(
        'model_not_found',
        `There is no model ${JSON.stringify(name.slice(0, 128))} that may be named; GET /v1/models lists them.`,
      )
    },
  }),
]
