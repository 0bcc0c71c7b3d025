import type { z } from 'zod'
import type { App } from '../../app/index.ts'
import { StrataError } from '../../errors/index.ts'
import { type AnyEndpoint, bodyParser, defineEndpoint } from '../endpoint.ts'
import { rowsOfPages } from '../json-lines.ts'
import { diffAnswerSchema, diffRequestSchema, RECORDED_ROWS } from '../wire/diff.ts'
import { assertTextLength } from '../wire/read-route-request.ts'
import { evaluations } from './evaluation.ts'

type DiffRequest = z.output<typeof diffRequestSchema>
type Row = { readonly text: string; readonly route?: string | null }

const parseDiff = bodyParser(diffRequestSchema)

function readDiffRequest(body: unknown, textLimitBytes: number): DiffRequest {
  const request = parseDiff(body)
  if (request.data !== undefined && request.recorded !== undefined) {
    throw new StrataError(
      'invalid_request',
      'Expected data, or how many recorded decisions to take, not both; leave one out.',
    )
  }
  for (const [index, { text }] of (request.data ?? []).entries()) {
    assertTextLength(text, `data[${index}]`, textLimitBytes)
  }
  return request
}

export const diffEndpoints: readonly AnyEndpoint[] = [
  defineEndpoint<DiffRequest>({
    operation: 'diffVersions',
    scope: 'routes:read',
    method: 'POST',
    path: '/v1/route-sets/{set}/diff',
    tag: 'Quality',
    summary: 'Show which decisions change between two versions of a route set.',
    description:
      'Decides texts with both versions and lists those that get another route, as `stratarouter diff` does. Without `data` it takes what was recorded of the set with its text (`decisions.record`); what was decided then is not taken for what is right. A confidence that moves without changing the route is no change. One such call or evaluation runs at a time.',
    params: { set: 'Name of the route set.' },
    body: diffRequestSchema,
    example: {
      to: 3,
      data: [{ text: 'where is my refund?', route: 'billing' }, { text: 'what is the meaning of life' }],
    },
    answers: { 200: { description: 'What changes.', schema: diffAnswerSchema } },
    errors: [
      'invalid_request',
      'route_set_not_found',
      'version_not_found',
      'text_too_long',
      'payload_too_large',
      'storage_failed',
    ],
    parse: (body, app) => readDiffRequest(body, app.config.server.textLimitBytes),
    async handle({ app, params, body: { from, to, data, recorded = RECORDED_ROWS } }) {
      const set = params.set as string
      const { versions } = app.routes
      app.routes.get(set)
      const rows = data?.map(rowOf) ?? (await recordedTexts(app, set, recorded))
      return evaluations.diff(async () => {
        const [before, after] = [await versions.open(set, from), await versions.open(set, to)]
        return { before: before.router, after: after.router }
      }, rows)
    },
  }),
]

const rowOf = ({ text, route }: NonNullable<DiffRequest['data']>[number]): Row =>
  route === undefined ? { text } : { text, route }

/** The newest first, without what was decided: that need not be right. */
async function recordedTexts(app: App, routeSet: string, most: number): Promise<readonly Row[]> {
  const rows: Row[] = []
  const pages = rowsOfPages<{ text: string | null }, { at: number; sequence: number }>(
    most,
    async (limit, after) => {
      const { decisions, next } = await app.decisions.list({ routeSet, hasText: true }, limit, after)
      return { rows: decisions, next }
    },
  )
  for await (const { text } of pages) if (text !== null) rows.push({ text })
  if (rows.length > 0) return rows
  throw new StrataError(
    'invalid_request',
    `No decision of the set ${routeSet} is recorded with its text; send data, or set decisions.record.sampleRate and decisions.record.text: full.`,
  )
}
