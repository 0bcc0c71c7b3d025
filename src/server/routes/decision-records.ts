import type { z } from 'zod'
import type { App } from '../../app/index.ts'
import type { DecisionFilter, RecordedDecision, RecordPosition } from '../../contracts/index.ts'
import { type AnyEndpoint, defineEndpoint } from '../endpoint.ts'
import { JSON_LINES, rowsOfPages, sendJsonLines, wantsJsonLines } from '../json-lines.ts'
import {
  decisionsQuerySchema,
  readCursor,
  recordedDecisionBody,
  recordedDecisionSchema,
  recordedDecisionsSchema,
} from '../wire/decision-record.ts'
import { PAGE_ROWS } from '../wire/page.ts'
import { queryParser } from '../wire/read-query.ts'

const parseQuery = queryParser(decisionsQuerySchema)
const WITHOUT_TEXT_HEADER = 'x-stratarouter-rows-without-text'

export const decisionRecordEndpoints: readonly AnyEndpoint[] = [
  defineEndpoint({
    operation: 'listDecisions',
    scope: 'routes:read',
    seesAllSets: true,
    method: 'GET',
    path: '/v1/decisions',
    tag: 'Recorded decisions',
    summary: 'List or export recorded decisions, the newest first.',
    description: `There are some where \`decisions.record.sampleRate\` is above 0. Exported, a row is \`{text, route, id, confidence, at}\`, as \`stratarouter diff\` and \`fit\` read it; \`route\` is what was decided, not what is right. Rows whose text was not kept are left out; \`${WITHOUT_TEXT_HEADER}\` says how many.`,
    query: decisionsQuerySchema,
    answers: {
      200: { description: 'The decisions.', schema: recordedDecisionsSchema, contentType: JSON_LINES },
    },
    errors: ['invalid_request', 'storage_failed'],
    async handle({ app, reply }) {
      const query = parseQuery(reply.request.query)
      const filter = filterOf(query)
      const after = query.cursor === undefined ? undefined : positionOf(query.cursor)
      if (wantsJsonLines(reply, query.format)) {
        reply.header(WITHOUT_TEXT_HEADER, await app.decisions.count({ ...filter, hasText: false }))
        return sendJsonLines(reply, exportOf(app, filter, query.limit, after))
      }
      const { decisions, next } = await app.decisions.list(filter, query.limit ?? PAGE_ROWS, after)
      return {
        decisions: decisions.map(recordedDecisionBody),
        ...(next ? { cursor: `${next.at}.${next.sequence}` } : {}),
      }
    },
  }),
  defineEndpoint({
    operation: 'getDecision',
    scope: 'routes:read',
    seesAllSets: true,
    method: 'GET',
    path: '/v1/decisions/{id}',
    tag: 'Recorded decisions',
    summary: 'Read one recorded decision.',
    params: { id: 'The `id` of the decision, as it was answered.' },
    answers: { 200: { description: 'The decision.', schema: recordedDecisionSchema } },
    errors: ['decision_not_found', 'storage_failed'],
    handle: async ({ app, params }) => recordedDecisionBody(await app.decisions.get(params.id as string)),
  }),
]

function filterOf({
  routeSet,
  route,
  reason,
  since,
  until,
}: z.output<typeof decisionsQuerySchema>): DecisionFilter {
  return {
    ...(routeSet === undefined ? {} : { routeSet }),
    ...(route === undefined ? {} : { route: route === '' ? null : route }),
    ...(reason === undefined ? {} : { reason }),
    ...(since === undefined ? {} : { since: Date.parse(since) }),
    ...(until === undefined ? {} : { until: Date.parse(until) }),
  }
}

function positionOf(cursor: string): RecordPosition {
  const [at, sequence] = readCursor(cursor)
  return { at, sequence: Number.parseInt(sequence, 10) || 0 }
}

async function* exportOf(
  app: App,
  filter: DecisionFilter,
  limit = Number.POSITIVE_INFINITY,
  from?: RecordPosition,
): AsyncGenerator<object> {
  const decisions = rowsOfPages<RecordedDecision, RecordPosition>(limit, async (rows, after = from) => {
    const page = await app.decisions.list({ ...filter, hasText: true }, rows, after)
    return { rows: page.decisions, next: page.next }
  })
  for await (const { text, route, id, confidence, at } of decisions) {
    yield { text, route, id, confidence, at: new Date(at).toISOString() }
  }
}
