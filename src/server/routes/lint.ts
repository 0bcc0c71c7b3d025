import { DEFAULT_SET } from '../../app/index.ts'
import { type AnyEndpoint, defineEndpoint } from '../endpoint.ts'
import { lintReportSchema } from '../wire/lint.ts'

function lintEndpoint(
  operation: string,
  path: string,
  which: string,
  params: Readonly<Record<string, string>> = {},
): AnyEndpoint {
  return defineEndpoint({
    operation,
    scope: 'routes:read',
    method: 'GET',
    path,
    tag: 'Quality',
    summary: `Find what will hurt in ${which}, with the fix.`,
    description:
      'Overlaps, contradictions, thin and duplicate routes, rules that can never work, and examples that would be sent elsewhere. Above 300 examples the search runs in another process and takes up to some seconds; the answer is kept for as long as the set serves.',
    params,
    answers: {
      200: { description: 'The problems, errors first; the version also as ETag.', schema: lintReportSchema },
    },
    errors: ['route_set_not_found', 'overloaded', 'shutting_down'],
    async handle({ app, params: { set = DEFAULT_SET }, reply }) {
      reply.header('etag', `"${app.routes.get(set).version}"`)
      return { problems: await app.lint(set) }
    },
  })
}

export const lintEndpoints: readonly AnyEndpoint[] = [
  lintEndpoint('lint', '/v1/lint', 'the default route set'),
  lintEndpoint('lintOfSet', '/v1/route-sets/{set}/lint', 'a route set', { set: 'Name of the route set.' }),
]
