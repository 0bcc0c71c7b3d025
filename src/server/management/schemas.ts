import { z } from 'zod'
import { SCOPES } from '../../access/index.ts'
import type { Scope } from '../../contracts/index.ts'

const count = z.int().min(1)
const names = z.array(z.string().min(1)).min(1)
const budgets = z.strictObject({
  dailyUsd: z.number().gt(0).exactOptional().describe('US dollars a day of UTC.'),
  monthlyUsd: z.number().gt(0).exactOptional().describe('US dollars a calendar month of UTC.'),
})

const settings = {
  name: z.string().describe('For people; need not be unique.'),
  tenant: z.string().describe('Whose key it is.'),
  scopes: z
    .array(z.enum(SCOPES as readonly [Scope, ...Scope[]]))
    .min(1)
    .describe('What it may do; `admin`: everything, for all tenants.'),
  requestsPerMinute: count.exactOptional(),
  tokensPerMinute: count.exactOptional(),
  budgets: budgets.exactOptional().describe('What it may spend.'),
  models: names.exactOptional().describe('Models that it may name or be led to; all if absent.'),
  routes: names.exactOptional().describe('Routes that it may name or be led to; all if absent.'),
  routeSets: names.exactOptional().describe('Route sets that it may use; all if absent.'),
}

export const newKeySchema = z
  .strictObject({
    ...settings,
    tenant: settings.tenant.default('default'),
    scopes: settings.scopes.default(['route', 'execute']),
    expiresAt: z.iso
      .datetime()
      .nullable()
      .default(null)
      .describe('When it ends, such as `2027-01-31T00:00:00Z`; null: never.'),
  })
  .meta({ id: 'NewApiKey' })

const time = z.iso.datetime()

export const keySchema = z
  .object({
    id: z.string(),
    prefix: z.string().describe('How the key begins.'),
    ...settings,
    expiresAt: time.nullable(),
    createdAt: time,
    revokedAt: time.nullable(),
    lastUsedAt: time.nullable().describe('To the minute.'),
  })
  .meta({ id: 'ApiKey' })

export const createdKeySchema = keySchema
  .extend({ secret: z.string().describe('The key itself. It is shown this once; nobody can read it again.') })
  .meta({ id: 'CreatedApiKey' })

export const keyListSchema = z.object({ keys: z.array(keySchema) }).meta({ id: 'ApiKeyList' })

const DIMENSIONS = ['day', 'tenant', 'key', 'route', 'provider', 'model'] as const
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a day such as 2026-11-24')

export const usageQuerySchema = z.strictObject({
  from: day.optional().describe('First day (UTC); the first of this month if absent.'),
  to: day.optional().describe('Last day, included; today if absent.'),
  by: z
    .string()
    .optional()
    .transform((text) => (text === undefined ? [] : text.split(',')))
    .pipe(z.array(z.enum(DIMENSIONS)))
    .describe(`What to tell apart, with commas between: ${DIMENSIONS.join(', ')}. One sum of all if absent.`),
  tenant: z.string().optional().describe('Only of this tenant.'),
})

const sum = z.int().min(0)

export const usageSchema = z
  .object({
    from: day,
    to: day,
    rows: z.array(
      z.object({
        day: day.optional(),
        tenant: z.string().optional(),
        key: z.string().optional().describe('Id of the key; empty where none was needed.'),
        route: z.string().optional().describe('Empty where none was chosen.'),
        provider: z.string().optional(),
        model: z.string().optional(),
        requests: sum,
        inputTokens: sum,
        cachedInputTokens: sum,
        cacheWriteTokens: sum,
        outputTokens: sum,
        reasoningTokens: sum,
        costUsd: z.number().describe('Of requests whose price is known.'),
        unpricedRequests: sum.describe('Requests of models without a price: not in `costUsd`, and not free.'),
      }),
    ),
  })
  .meta({ id: 'Usage' })

export const auditQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).optional().describe('Rows; 100 if absent.'),
  before: z.coerce.number().int().min(1).optional().describe('Only rows with a smaller `sequence`.'),
})

export const auditSchema = z
  .object({
    rows: z.array(
      z.object({
        sequence: z.int(),
        at: time,
        actor: z.string().describe('Id of a key, `cli`, or `anyone` where no key was needed.'),
        tenant: z.string().nullable(),
        action: z.string(),
        subject: z.string(),
        payloadHash: z.string(),
        previousHash: z.string(),
        hash: z.string(),
      }),
    ),
  })
  .meta({ id: 'AuditRows' })
