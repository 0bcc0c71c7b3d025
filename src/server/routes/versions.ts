import { type FitRequest, labelledRows, parseRouteSet } from '../../app/index.ts'
import type { Evaluation, LabelledText, RouteSet, StoredVersion } from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'
import { type AnyEndpoint, bodyParser, defineEndpoint } from '../endpoint.ts'
import { readEvalRequest } from '../wire/read-route-request.ts'
import { assertSaysSomething } from '../wire/route-changes.ts'
import {
  fitBodySchema,
  fitOptionsSchema,
  fittedVersionSchema,
  rollbackBodySchema,
  rolledBackSchema,
  stateBodySchema,
  versionDetailSchema,
  versionListSchema,
  versionStateSchema,
} from '../wire/version.ts'
import { CHANGE_ERRORS, WRITE_ROUTE_ERRORS } from './edit-errors.ts'

const setParam = { set: 'Name of the route set.' }
const versionParams = { ...setParam, version: 'Number of the version.' }
const TAG = 'Versions'

const parseRollback = bodyParser(rollbackBodySchema)
const parseState = bodyParser(stateBodySchema)
const parseFitOptions = bodyParser(fitOptionsSchema)

/** The rows, the routes and the rest of the body of a fit, each checked by the reader that knows it. */
function readFitBody(body: unknown, textLimitBytes: number): FitRequest {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
  // The schema refuses what is no object.
  const fields = (isObject ? body : parseFitOptions(body)) as Record<string, unknown>
  const { data, routes, outOfScope, defaults, ...rest } = fields
  if (routes === undefined && (outOfScope !== undefined || defaults !== undefined)) {
    throw new StrataError(
      'invalid_request',
      'Expected routes with outOfScope or defaults, as a fit takes a whole new route set; send the routes too.',
    )
  }
  const { maxErrorRate, useFeedback, state, share } = parseFitOptions(rest)
  const rows: readonly LabelledText[] | undefined =
    data === undefined ? undefined : readEvalRequest({ data }, textLimitBytes).data
  const routeSet: RouteSet | undefined =
    routes === undefined
      ? undefined
      : parseRouteSet({
          routes,
          ...(outOfScope === undefined ? {} : { outOfScope }),
          ...(defaults === undefined ? {} : { defaults }),
        })
  if (routeSet) assertSaysSomething(routeSet.routes, 'routes')
  return {
    ...(rows === undefined ? {} : { data: rows }),
    ...(routeSet === undefined ? {} : { routeSet }),
    ...(maxErrorRate === undefined ? {} : { maxErrorRate }),
    ...(useFeedback === undefined ? {} : { useFeedback }),
    ...(state === undefined ? {} : { state }),
    ...(share === undefined ? {} : { share }),
  }
}

function versionOf(params: Readonly<Record<string, string>>): number {
  const text = params.version as string
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new StrataError('invalid_request', 'Expected the number of a version in the path, such as 7.', {
    details: [{ path: 'version', message: 'expected an integer of 1 or more', got: text.slice(0, 80) }],
  })
}

const summaryOf = (evaluation: Evaluation) => ({
  n: evaluation.n,
  inScopeAccuracy: evaluation.inScopeAccuracy,
  thresholdedAccuracy: evaluation.thresholdedAccuracy,
  oosRecall: evaluation.oosRecall,
  inScopeRejected: evaluation.inScopeRejected,
  ece: evaluation.ece,
  coverageAt975: evaluation.coverageAt975,
})

function lineOf({ version, routes, createdAt, state, share, outcome }: StoredVersion) {
  return {
    version,
    state,
    ...(share === undefined ? {} : { share }),
    routes,
    createdAt,
    ...(outcome?.evaluation ? { evaluation: summaryOf(outcome.evaluation) } : {}),
  }
}

export const versionEndpoints: readonly AnyEndpoint[] = [
  defineEndpoint({
    operation: 'listVersions',
    scope: 'routes:read',
    method: 'GET',
    path: '/v1/route-sets/{set}/versions',
    tag: TAG,
    summary: 'List the versions of a route set.',
    description:
      'Those that are kept (`limits.versionsKept`), newest first. None where nothing is stored, as of a set that comes from a file.',
    params: setParam,
    answers: { 200: { description: 'The versions.', schema: versionListSchema } },
    errors: ['route_set_not_found', 'storage_failed'],
    async handle({ app, params }) {
      const routeSet = params.set as string
      return { routeSet, versions: (await app.routes.versions.list(routeSet)).map(lineOf) }
    },
  }),
  defineEndpoint({
    operation: 'getVersion',
    scope: 'routes:read',
    method: 'GET',
    path: '/v1/route-sets/{set}/versions/{version}',
    tag: TAG,
    summary: 'Read a version of a route set, whole.',
    params: versionParams,
    answers: { 200: { description: 'The version.', schema: versionDetailSchema } },
    errors: ['invalid_request', 'route_set_not_found', 'version_not_found', 'storage_failed'],
    async handle({ app, params }) {
      const { versions } = app.routes
      const stored = await versions.get(params.set as string, versionOf(params))
      const { name, version, state, share, createdAt, routeSet, outcome } = stored
      const inputs = await versions.fitInputs(stored)
      const agreement = versions.agreement(name, version)
      return {
        name,
        version,
        state,
        ...(share === undefined ? {} : { share }),
        createdAt,
        ...routeSet,
        fitRows: labelledRows(inputs).length,
        ...(inputs?.maxErrorRate === undefined ? {} : { maxErrorRate: inputs.maxErrorRate }),
        ...outcome,
        ...(agreement ? { shadow: agreement } : {}),
      }
    },
  }),
  defineEndpoint<{ version: number }>({
    operation: 'rollback',
    scope: 'routes:write',
    isAudited: true,
    method: 'POST',
    path: '/v1/route-sets/{set}/rollback',
    tag: TAG,
    summary: 'Go back to an older version of a route set.',
    description:
      'Makes a new version with the content of the older one, which from then on decides as that did, bit for bit.',
    params: setParam,
    takesIfMatch: true,
    body: rollbackBodySchema,
    example: { version: 1 },
    answers: { 200: { description: 'The new version, also as ETag.', schema: rolledBackSchema } },
    errors: [...CHANGE_ERRORS, 'version_not_found'],
    parse: parseRollback,
    async handle({ app, params, body, condition, reply }) {
      const name = params.set as string
      const version = await app.routes.versions.rollback(name, body.version, condition)
      reply.header('etag', `"${version}"`)
      return { name, version, restored: body.version, routes: app.routes.get(name).routeSet.routes.length }
    },
  }),
  defineEndpoint<FitRequest>({
    operation: 'fitRouteSet',
    scope: 'routes:write',
    isAudited: true,
    method: 'POST',
    path: '/v1/route-sets/{set}/fit',
    tag: TAG,
    summary: 'Fit a new version, with labelled data.',
    description:
      'Answers when the fit, in another process, is done: seconds for a large set, in which the set decides and can be edited as ever. The rows are kept with the version, and edits of it are fitted with them too. Where a text has several labels the last one counts, feedback after data.',
    params: setParam,
    takesIfMatch: true,
    body: fitBodySchema,
    example: {
      data: [
        { text: 'where is my refund?', route: 'billing' },
        { text: 'what is the meaning of life', route: null },
      ],
    },
    answers: { 201: { description: 'The new version and how good it is.', schema: fittedVersionSchema } },
    errors: [...WRITE_ROUTE_ERRORS, 'invalid_data', 'not_enough_data', 'text_too_long', 'overloaded'],
    parse: (body, app) => readFitBody(body, app.config.server.textLimitBytes),
    async handle({ app, params, body, condition, reply }) {
      const name = params.set as string
      const fitted = await app.routes.versions.fit(name, body, condition)
      const { version, state, share, outcome, rows, feedbackRows } = fitted
      reply.code(201)
      return {
        name,
        version,
        state,
        ...(share === undefined ? {} : { share }),
        rows,
        feedbackRows,
        ...outcome,
      }
    },
  }),
  defineEndpoint<ReturnType<typeof parseState>>({
    operation: 'setVersionState',
    scope: 'routes:write',
    isAudited: true,
    method: 'POST',
    path: '/v1/route-sets/{set}/versions/{version}/state',
    tag: TAG,
    summary: 'Try a version out, make it active, or retire it.',
    description:
      '`shadow`: it decides too, after the answer, and `stratarouter_shadow_decisions_total` counts how often it agrees. `canary`: it decides for a share of the messages, the same message always by the same version. `active`: it decides from now on. `retired`: it is kept, and does nothing. A set has at most one version of each of the first three; what was that before is superseded.',
    params: versionParams,
    takesIfMatch: true,
    body: stateBodySchema,
    example: { state: 'canary', share: 0.1 },
    answers: { 200: { description: 'What the version is for now.', schema: versionStateSchema } },
    errors: [...CHANGE_ERRORS, 'version_not_found'],
    parse: parseState,
    async handle({ app, params, body, condition, reply }) {
      const name = params.set as string
      const version = versionOf(params)
      const state = body.state === 'retired' ? 'superseded' : body.state
      const change = { state, ...(body.share === undefined ? {} : { share: body.share }) } as const
      const changed = await app.routes.versions.setState(name, version, change, condition)
      const activeVersion = app.routes.get(name).version
      reply.header('etag', `"${activeVersion}"`)
      return { name, version, ...changed, activeVersion }
    },
  }),
]
