import { lintErrorRate, parseRouteSet, type RouteSetView } from '../../app/index.ts'
import type { RouteSet } from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'
import { type AnyEndpoint, defineEndpoint } from '../endpoint.ts'
import { assertSaysSomething } from '../wire/route-changes.ts'
import { nameSchema } from '../wire/route-request.ts'
import {
  routeSetBodySchema,
  routeSetListSchema,
  routeSetSchema,
  writtenSetSchema,
} from '../wire/route-set.ts'
import { CHANGE_ERRORS, WRITE_SET_ERRORS } from './edit-errors.ts'
import { versionEndpoints } from './versions.ts'

const setParam = { set: 'Name of the route set.' }

/** Fields of an answer that are no part of the set, so that what GET answered can be changed and sent back. */
const ANSWER_FIELDS = new Set(['name', 'version', 'readOnly', 'provisional'])

/** What was sent, whole, and the set in it. */
interface PutBody {
  readonly routeSet: RouteSet
  readonly body: unknown
}

function parseSetBody(body: unknown): RouteSet {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
  const routeSet = parseRouteSet(
    isObject ? Object.fromEntries(Object.entries(body).filter(([key]) => !ANSWER_FIELDS.has(key))) : body,
  )
  assertSaysSomething(routeSet.routes, isObject ? 'routes' : '')
  return routeSet
}

/** One in the body must be that of the path. */
function assertSameName(body: unknown, name: string): void {
  const named = typeof body === 'object' && body !== null ? (body as { name?: unknown }).name : undefined
  if (named === undefined || named === name) return
  const got = String(named).slice(0, 80)
  throw new StrataError(
    'invalid_request',
    `The path names the route set ${name}, the body ${got}; make them agree, or leave the name out.`,
    { details: [{ path: 'name', message: `expected ${name}, as in the path`, got }] },
  )
}

function assertSetName(name: string): void {
  const result = nameSchema.safeParse(name)
  if (result.success) return
  throw new StrataError('invalid_request', `The name of the route set: ${result.error.issues[0]?.message}.`, {
    details: [
      { path: 'set', message: result.error.issues[0]?.message ?? '', got: JSON.stringify(name.slice(0, 80)) },
    ],
  })
}

const answer = ({ routeSet, ...state }: RouteSetView) => ({ ...state, ...routeSet })

export const routeSetEndpoints: readonly AnyEndpoint[] = [
  defineEndpoint({
    operation: 'listRouteSets',
    scope: 'routes:read',
    seesAllSets: true,
    method: 'GET',
    path: '/v1/route-sets',
    tag: 'Route sets',
    summary: 'List the route sets.',
    answers: { 200: { description: 'Every set with its version.', schema: routeSetListSchema } },
    errors: [],
    handle: ({ app }) => ({ routeSets: app.routes.list() }),
  }),
  defineEndpoint({
    operation: 'getRouteSet',
    scope: 'routes:read',
    method: 'GET',
    path: '/v1/route-sets/{set}',
    tag: 'Route sets',
    summary: 'Read a whole route set.',
    params: setParam,
    answers: { 200: { description: 'The set; its version also as ETag.', schema: routeSetSchema } },
    errors: ['route_set_not_found'],
    handle({ app, params, reply }) {
      const view = app.routes.get(params.set as string)
      reply.header('etag', `"${view.version}"`)
      return answer(view)
    },
  }),
  defineEndpoint<PutBody>({
    operation: 'putRouteSet',
    scope: 'routes:write',
    isAudited: true,
    method: 'PUT',
    path: '/v1/route-sets/{set}',
    tag: 'Route sets',
    summary: 'Replace a whole route set, or make one.',
    description: 'Takes what a route file holds. Live when answered; the full fit follows in the background.',
    params: setParam,
    takesIfMatch: true,
    body: routeSetBodySchema,
    example: { routes: [{ name: 'billing', examples: ['where is my invoice?', 'I was charged twice'] }] },
    answers: {
      200: { description: 'Replaced.', schema: writtenSetSchema },
      201: { description: 'Made.', schema: writtenSetSchema },
    },
    errors: WRITE_SET_ERRORS,
    parse: (body) => ({ routeSet: parseSetBody(body), body }),
    async handle({ app, params, body: { routeSet, body }, condition, reply }) {
      const name = params.set as string
      assertSetName(name)
      assertSameName(body, name)
      const { version, created, hasLabelledRows } = await app.routes.replace(name, routeSet, condition)
      reply.code(created ? 201 : 200).header('etag', `"${version}"`)
      // A refit with labelled rows tries to keep the promise.
      const problems = hasLabelledRows ? [] : lintErrorRate(routeSet)
      return {
        name,
        version,
        routes: routeSet.routes.length,
        ...(problems.length > 0 ? { problems } : {}),
      }
    },
  }),
  defineEndpoint({
    operation: 'deleteRouteSet',
    scope: 'routes:write',
    isAudited: true,
    method: 'DELETE',
    path: '/v1/route-sets/{set}',
    tag: 'Route sets',
    summary: 'Delete a route set with all its versions.',
    description:
      'The set `default` is then what it is before anything is stored: empty, or the demo where the server was started with `--demo`. A version number is never given twice, so a set that is made again begins above 1.',
    params: setParam,
    takesIfMatch: true,
    answers: { 204: { description: 'Deleted.' } },
    errors: CHANGE_ERRORS,
    async handle({ app, params, condition, reply }) {
      await app.routes.delete(params.set as string, condition)
      reply.code(204)
      return ''
    },
  }),
  ...versionEndpoints,
]
