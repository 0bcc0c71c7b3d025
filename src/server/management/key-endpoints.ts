import type { Identity } from '../../access/index.ts'
import type { ApiKey, AuditActor } from '../../contracts/index.ts'
import { type AnyEndpoint, bodyParser, defineEndpoint } from '../endpoint.ts'
import { createdKeySchema, keyListSchema, keySchema, newKeySchema } from './schemas.ts'

const common = { scope: 'admin', tag: 'Keys' } as const
const parseNewKey = bodyParser(newKeySchema)

const actorOf = ({ keyId, tenant }: Identity): AuditActor =>
  keyId === null ? { actor: 'anyone', tenant: null } : { actor: keyId, tenant }

const timeOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

/** Field by field: what is not meant to be shown must not get here by being added elsewhere. */
function keyBody(key: ApiKey) {
  const { id, prefix, name, tenant, scopes, requestsPerMinute, tokensPerMinute, budgets } = key
  const { models, routes, routeSets, expiresAt, createdAt, revokedAt, lastUsedAt } = key
  return {
    id,
    prefix,
    name,
    tenant,
    scopes,
    requestsPerMinute,
    tokensPerMinute,
    budgets,
    models,
    routes,
    routeSets,
    expiresAt: timeOf(expiresAt),
    createdAt: timeOf(createdAt),
    revokedAt: timeOf(revokedAt),
    lastUsedAt: timeOf(lastUsedAt),
  }
}

export const keyEndpoints: readonly AnyEndpoint[] = [
  defineEndpoint({
    ...common,
    operation: 'listKeys',
    method: 'GET',
    path: '/v1/keys',
    summary: 'List the API keys, the newest first.',
    description: 'Without their secrets, which are kept as hashes only. Revoked ones are listed too.',
    answers: { 200: { description: 'The keys.', schema: keyListSchema } },
    errors: ['invalid_api_key', 'permission_denied', 'storage_failed'],
    handle: async ({ app }) => ({ keys: (await app.access.list()).map(keyBody) }),
  }),
  defineEndpoint({
    ...common,
    operation: 'createKey',
    method: 'POST',
    path: '/v1/keys',
    summary: 'Make an API key.',
    description:
      'From the first key on, keys are required of everybody. Give that one the scope `admin`, or make keys with `stratarouter keys create` afterwards.',
    body: newKeySchema,
    example: { name: 'operations', tenant: 'default', scopes: ['admin'] },
    answers: { 201: { description: 'Made; with its secret, this once.', schema: createdKeySchema } },
    errors: ['invalid_request', 'invalid_api_key', 'permission_denied', 'storage_failed'],
    parse: (body) => parseNewKey(body),
    async handle({ app, body, identity, reply }) {
      const { key, secret } = await app.access.create(
        { ...body, expiresAt: body.expiresAt === null ? null : Date.parse(body.expiresAt) },
        actorOf(identity),
      )
      reply.code(201).header('cache-control', 'no-store')
      return { ...keyBody(key), secret }
    },
  }),
  defineEndpoint({
    ...common,
    operation: 'revokeKey',
    method: 'DELETE',
    path: '/v1/keys/{id}',
    summary: 'End an API key.',
    description: 'Refused here at once, by other processes within a second.',
    params: { id: 'The `id` of the key.' },
    answers: { 200: { description: 'Revoked.', schema: keySchema } },
    errors: ['invalid_api_key', 'permission_denied', 'key_not_found', 'storage_failed'],
    handle: async ({ app, params, identity }) =>
      keyBody(await app.access.revoke(params.id as string, actorOf(identity))),
  }),
]
