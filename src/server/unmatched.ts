import type { FastifyReply, FastifyRequest } from 'fastify'
import { StrataError } from '../errors/index.ts'
import type { AnyEndpoint } from './endpoint.ts'

/** Refuses a request that no endpoint takes; before its body is read, as the framework has its own opinion of methods that it does not know. */
export function refuseUnmatched(
  request: FastifyRequest,
  reply: FastifyReply,
  methods: readonly string[],
): StrataError {
  if (methods.length === 0) {
    const path = request.url.split('?')[0] as string
    return new StrataError('not_found', `There is nothing at ${path.slice(0, 200)}; /docs lists every call.`)
  }
  reply.header('allow', methods.join(', '))
  return new StrataError(
    'method_not_allowed',
    `${request.method} is not for this path; use ${methods.join(' or ')}.`,
  )
}

/** The methods that a path takes; asked only when nothing matched, so it may be slow. */
export function allowedMethods(endpoints: readonly AnyEndpoint[]): (url: string) => string[] {
  const patterns = endpoints.map(({ method, path }) => ({
    method,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  }))
  return (url) => {
    const path = url.split('?')[0] as string
    const methods = patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method as string)
    return methods.includes('GET') ? [...methods, 'HEAD'] : methods
  }
}
