import { DEFAULT_SET, parseRoute } from '../../app/index.ts'
import type { RouteDefinition } from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'
import { type AnyEndpoint, bodyParser, defineEndpoint } from '../endpoint.ts'
import { assertSaysSomething, patched, withExamples } from '../wire/route-changes.ts'
import {
  addedExamplesSchema,
  examplesBodySchema,
  routeBodySchema,
  routeListSchema,
  routePatchSchema,
  routeSchema,
  versionAnswerSchema,
  writtenRouteSchema,
} from '../wire/route-set.ts'
import { CHANGE_ERRORS, WRITE_ROUTE_ERRORS } from './edit-errors.ts'

const EXAMPLE = { examples: ['where is my invoice?', 'I was charged twice'] }

const parseExamples = bodyParser(examplesBodySchema)

function parseNewRoute(body: unknown): RouteDefinition {
  const route = parseRoute(body)
  assertSaysSomething([route])
  return route
}

/** The route of a PUT: its name comes from the path, and one in the body must be the same. */
function parseNamedRoute(body: unknown, name: string): RouteDefinition {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
  const isNamed = isObject && (Object.hasOwn(body, 'name') || Object.hasOwn(body, 'id'))
  const route = parseRoute(isObject && !isNamed ? { ...body, name } : body)
  if (route.name === name) {
    assertSaysSomething([route])
    return route
  }
  throw new StrataError(
    'invalid_request',
    `The path names the route ${name}, the body ${route.name}; make them agree.`,
    {
      details: [{ path: 'name', message: `expected ${name}, as in the path`, got: route.name }],
    },
  )
}

/** The same calls below the default set and below any other. */
function routeEndpoints(
  prefix: string,
  operationSuffix: string,
  setOf: (params: Readonly<Record<string, string>>) => string,
): AnyEndpoint[] {
  const inSet = prefix.includes('{set}') ? { set: 'Name of the route set.' } : {}
  const named = { ...inSet, name: 'Name of the route.' }
  const where = prefix.includes('{set}') ? 'a route set' : 'the default route set'
  return [
    defineEndpoint({
      operation: `listRoutes${operationSuffix}`,
      scope: 'routes:read',
      method: 'GET',
      path: `${prefix}/routes`,
      tag: 'Routes',
      summary: `List the routes of ${where}.`,
      params: inSet,
      answers: { 200: { description: 'Its routes; the version also as ETag.', schema: routeListSchema } },
      errors: ['route_set_not_found'],
      handle({ app, params, reply }) {
        const { name, version, routeSet } = app.routes.get(setOf(params))
        reply.header('etag', `"${version}"`)
        return { routeSet: name, version, routes: routeSet.routes }
      },
    }),
    defineEndpoint<RouteDefinition>({
      operation: `addRoute${operationSuffix}`,
      scope: 'routes:write',
      isAudited: true,
      method: 'POST',
      path: `${prefix}/routes`,
      tag: 'Routes',
      summary: `Add a route to ${where}.`,
      description: 'Live when answered; the full fit follows in the background.',
      params: inSet,
      takesIfMatch: true,
      body: routeSchema,
      example: { name: 'billing', ...EXAMPLE },
      answers: { 201: { description: 'Added.', schema: writtenRouteSchema } },
      errors: [...WRITE_ROUTE_ERRORS, 'route_exists'],
      parse: parseNewRoute,
      async handle({ app, params, body, condition, reply }) {
        const { version } = await app.routes.addRoute(setOf(params), body, condition)
        reply.code(201).header('etag', `"${version}"`)
        return { version, route: body }
      },
    }),
    defineEndpoint({
      operation: `getRoute${operationSuffix}`,
      scope: 'routes:read',
      method: 'GET',
      path: `${prefix}/routes/{name}`,
      tag: 'Routes',
      summary: `Read one route of ${where}.`,
      params: named,
      answers: { 200: { description: 'The route; the version of its set as ETag.', schema: routeSchema } },
      errors: ['route_not_found', 'route_set_not_found'],
      handle({ app, params, reply }) {
        const { version, route } = app.routes.getRoute(setOf(params), params.name as string)
        reply.header('etag', `"${version}"`)
        return route
      },
    }),
    defineEndpoint<unknown>({
      operation: `putRoute${operationSuffix}`,
      scope: 'routes:write',
      isAudited: true,
      method: 'PUT',
      path: `${prefix}/routes/{name}`,
      tag: 'Routes',
      summary: `Replace one route of ${where}, or add it.`,
      description: 'What is not sent is gone; PATCH changes a part.',
      params: named,
      takesIfMatch: true,
      body: routeBodySchema,
      example: EXAMPLE,
      answers: {
        200: { description: 'Replaced.', schema: writtenRouteSchema },
        201: { description: 'Added.', schema: writtenRouteSchema },
      },
      errors: WRITE_ROUTE_ERRORS,
      parse: (body) => body,
      async handle({ app, params, body, condition, reply }) {
        const route = parseNamedRoute(body, params.name as string)
        const { version, created } = await app.routes.putRoute(setOf(params), route, condition)
        reply.code(created ? 201 : 200).header('etag', `"${version}"`)
        return { version, route }
      },
    }),
    defineEndpoint<unknown>({
      operation: `patchRoute${operationSuffix}`,
      scope: 'routes:write',
      isAudited: true,
      method: 'PATCH',
      path: `${prefix}/routes/{name}`,
      tag: 'Routes',
      summary: `Change a part of one route of ${where}.`,
      description:
        'A JSON merge patch (RFC 7396): what is absent stays, null removes, a list takes the place of the whole list. `keywords` and `patterns` are kept as rules, and so add to `rules`.',
      params: named,
      takesIfMatch: true,
      body: routePatchSchema,
      example: { threshold: 0.7 },
      answers: { 200: { description: 'Changed; the whole route.', schema: writtenRouteSchema } },
      errors: [...WRITE_ROUTE_ERRORS, 'route_not_found'],
      parse: (body) => body,
      async handle({ app, params, body, condition, reply }) {
        const name = params.name as string
        let route: RouteDefinition | undefined
        const change = (before: RouteDefinition) => {
          route = parseNamedRoute(patched(before, body), name)
          return route
        }
        const { version } = await app.routes.changeRoute(setOf(params), name, change, condition)
        reply.header('etag', `"${version}"`)
        return { version, route }
      },
    }),
    defineEndpoint<readonly string[]>({
      operation: `addExamples${operationSuffix}`,
      scope: 'routes:write',
      isAudited: true,
      method: 'POST',
      path: `${prefix}/routes/{name}/examples`,
      tag: 'Routes',
      summary: `Add examples to one route of ${where}.`,
      description: 'Those that the route has already are passed over.',
      params: named,
      takesIfMatch: true,
      body: examplesBodySchema,
      example: EXAMPLE,
      answers: { 200: { description: 'Added; the whole route.', schema: addedExamplesSchema } },
      errors: [...CHANGE_ERRORS, 'invalid_route_set', 'route_not_found', 'payload_too_large'],
      parse: (body) => parseExamples(body).examples,
      async handle({ app, params, body, condition, reply }) {
        let answer: { readonly added: number; readonly route: RouteDefinition } | undefined
        const change = (before: RouteDefinition) => {
          const route = withExamples(before, body)
          answer = { added: route.examples.length - before.examples.length, route }
          return route
        }
        const { version } = await app.routes.changeRoute(
          setOf(params),
          params.name as string,
          change,
          condition,
        )
        reply.header('etag', `"${version}"`)
        return { version, ...answer }
      },
    }),
    defineEndpoint({
      operation: `deleteRoute${operationSuffix}`,
      scope: 'routes:write',
      isAudited: true,
      method: 'DELETE',
      path: `${prefix}/routes/{name}`,
      tag: 'Routes',
      summary: `Delete one route of ${where}.`,
      params: named,
      takesIfMatch: true,
      answers: { 200: { description: 'Deleted; the new version of the set.', schema: versionAnswerSchema } },
      errors: [...CHANGE_ERRORS, 'route_not_found'],
      async handle({ app, params, condition, reply }) {
        const { version } = await app.routes.removeRoute(setOf(params), params.name as string, condition)
        reply.header('etag', `"${version}"`)
        return { version }
      },
    }),
  ]
}

export const routesEndpoints: readonly AnyEndpoint[] = [
  ...routeEndpoints('/v1', '', () => DEFAULT_SET),
  ...routeEndpoints('/v1/route-sets/{set}', 'OfSet', (params) => params.set as string),
]
