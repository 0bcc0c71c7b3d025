import { DEFAULT_SET } from '../../app/index.ts'
import type { Feedback, FeedbackPosition } from '../../contracts/index.ts'
import { type AnyEndpoint, bodyParser, defineEndpoint } from '../endpoint.ts'
import { JSON_LINES, rowsOfPages, sendJsonLines, wantsJsonLines } from '../json-lines.ts'
import { readCursor } from '../wire/decision-record.ts'
import {
  feedbackBody,
  feedbackListSchema,
  feedbackQuerySchema,
  feedbackRequestSchema,
  feedbackSchema,
} from '../wire/feedback.ts'
import { PAGE_ROWS } from '../wire/page.ts'
import { queryParser } from '../wire/read-query.ts'
import { assertTextLength } from '../wire/read-route-request.ts'

const parseRequest = bodyParser(feedbackRequestSchema)
const parseQuery = queryParser(feedbackQuerySchema)

export const feedbackEndpoints: readonly AnyEndpoint[] = [
  defineEndpoint({
    operation: 'giveFeedback',
    scope: 'route',
    method: 'POST',
    path: '/v1/feedback',
    tag: 'Feedback',
    summary: 'Say which route would have been right.',
    description:
      'Kept for the next fit, redacted as `decisions.record.redact` says; of the same text the newest word counts. Of each set the newest `decisions.feedbackPerSet` texts are kept.',
    body: feedbackRequestSchema,
    example: { text: 'my parcel never came', route: null },
    answers: {
      200: { description: 'Kept in the place of what was said of the same text.', schema: feedbackSchema },
      201: { description: 'Kept.', schema: feedbackSchema },
    },
    errors: [
      'invalid_request',
      'invalid_data',
      'decision_not_found',
      'route_set_not_found',
      'text_too_long',
      'payload_too_large',
      'storage_failed',
    ],
    parse(body, app) {
      const request = parseRequest(body)
      if (request.text !== undefined) {
        assertTextLength(request.text, 'text', app.config.server.textLimitBytes)
      }
      return request
    },
    async handle({ app, body, identity, reply }) {
      // What the key was checked for is what the decision must be of: it may name one of another set.
      const given = identity.routeSets === null ? body : { ...body, routeSet: body.routeSet ?? DEFAULT_SET }
      const { feedback, replaced } = await app.feedback.give(given)
      if (!replaced) reply.code(201)
      return feedbackBody(feedback)
    },
  }),
  defineEndpoint({
    operation: 'listFeedback',
    scope: 'routes:read',
    seesAllSets: true,
    method: 'GET',
    path: '/v1/feedback',
    tag: 'Feedback',
    summary: 'List or export feedback, the newest first.',
    description:
      'Exported, a row begins with `text` and `route`, so that the file is labelled data for `stratarouter fit` and `eval`.',
    query: feedbackQuerySchema,
    answers: {
      200: { description: 'The feedback.', schema: feedbackListSchema, contentType: JSON_LINES },
    },
    errors: ['invalid_request', 'storage_failed'],
    async handle({ app, reply }) {
      const { routeSet, limit, cursor, format } = parseQuery(reply.request.query)
      const from = cursor === undefined ? undefined : positionOf(cursor)
      if (wantsJsonLines(reply, format)) {
        const rows = rowsOfPages<Feedback, FeedbackPosition>(
          limit ?? Number.POSITIVE_INFINITY,
          async (most, after = from) => {
            const page = await app.feedback.list(routeSet, most, after)
            return { rows: page.feedback, next: page.next }
          },
        )
        return sendJsonLines(reply, exportOf(rows))
      }
      const { feedback, next } = await app.feedback.list(routeSet, limit ?? PAGE_ROWS, from)
      return { feedback: feedback.map(feedbackBody), ...(next ? { cursor: `${next.at}.${next.id}` } : {}) }
    },
  }),
  defineEndpoint({
    operation: 'deleteFeedback',
    scope: 'routes:write',
    seesAllSets: true,
    isAudited: true,
    method: 'DELETE',
    path: '/v1/feedback/{id}',
    tag: 'Feedback',
    summary: 'Take feedback back.',
    params: { id: 'The `id` of the feedback.' },
    answers: { 204: { description: 'Deleted.' } },
    errors: ['feedback_not_found', 'storage_failed'],
    async handle({ app, params, reply }) {
      await app.feedback.delete(params.id as string)
      reply.code(204)
      return ''
    },
  }),
]

function positionOf(cursor: string): FeedbackPosition {
  const [at, id] = readCursor(cursor)
  return { at, id }
}

async function* exportOf(rows: AsyncIterable<Feedback>): AsyncGenerator<object> {
  for await (const { text, route, id, decisionId, at } of rows) {
    yield { text, route, id, decisionId, at: new Date(at).toISOString() }
  }
}
