import { type AnyEndpoint, defineEndpoint } from '../endpoint.ts'
import { PAGE_ROWS } from '../wire/page.ts'
import { queryParser } from '../wire/read-query.ts'
import { auditQuerySchema, auditSchema, usageQuerySchema, usageSchema } from './schemas.ts'

const MICRO = 1_000_000

const common = { scope: 'admin', method: 'GET', tag: 'Keys' } as const
const parseUsageQuery = queryParser(usageQuerySchema)
const parseAuditQuery = queryParser(auditQuerySchema)
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

export const usageEndpoints: readonly AnyEndpoint[] = [
  defineEndpoint({
    ...common,
    operation: 'getUsage',
    path: '/v1/usage',
    summary: 'What calls of models used and cost.',
    description: 'Calls that have ended; those of the last second of other processes may be missing.',
    query: usageQuerySchema,
    answers: { 200: { description: 'Sums, in the order of what they are grouped by.', schema: usageSchema } },
    errors: ['invalid_request', 'invalid_api_key', 'permission_denied', 'storage_failed'],
    async handle({ app, reply }) {
      const now = app.clock.now()
      const query = parseUsageQuery(reply.request.query)
      const { from = `${dayOf(now).slice(0, 7)}-01`, to = dayOf(now), by, tenant } = query
      const { usage } = await app.gateway()
      const rows = await usage.query({ from, to, groupBy: by, ...(tenant === undefined ? {} : { tenant }) })
      return {
        from,
        to,
        rows: rows.map(({ costMicroUsd, ...row }) => ({ ...row, costUsd: costMicroUsd / MICRO })),
      }
    },
  }),
  defineEndpoint({
    ...common,
    operation: 'listAudit',
    path: '/v1/audit',
    summary: 'What was changed, by whom, the newest first.',
    description:
      'Each row has the hash of the one before, so that a row that was changed or taken out shows; `stratarouter audit verify` looks.',
    query: auditQuerySchema,
    answers: { 200: { description: 'Rows of the audit log.', schema: auditSchema } },
    errors: ['invalid_request', 'invalid_api_key', 'permission_denied', 'storage_failed'],
    async handle({ app, reply }) {
      const { limit = PAGE_ROWS, before } = parseAuditQuery(reply.request.query)
      const rows = await app.stores.audit.list(limit, before)
      return { rows: rows.map(({ at, ...row }) => ({ ...row, at: new Date(at).toISOString() })) }
    },
  }),
]
