import type { onRequestHookHandler } from 'fastify'

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const HEADERS = 'content-type, authorization, x-api-key, x-request-id, if-match'
const EXPOSED = [
  'x-request-id',
  'etag',
  'allow',
  'retry-after',
  ...[
    'execution-id',
    'model',
    'provider',
    'route',
    'confidence',
    'attempts',
    'cache',
    'overhead-ms',
    'estimate',
  ].map((name) => `x-stratarouter-${name}`),
].join(', ')
/** What browsers ask for is a list of names. Clients of models send many of their own. */
const ASKED = /^[a-z0-9_-]+(?:\s*,\s*[a-z0-9_-]+){0,99}$/i
const PREFLIGHT_SECONDS = '600'

/** Lets pages of these origins call from a browser; `*` lets all. Answers preflight requests itself. */
export function answerCrossOrigin(origins: readonly string[]): onRequestHookHandler {
  const allowsAll = origins.includes('*')
  const known = new Set(origins)
  return (request, reply, done) => {
    const { origin } = request.headers
    if (!allowsAll) reply.header('vary', 'origin')
    if (origin === undefined || !(allowsAll || known.has(origin))) {
      done()
      return
    }
    reply.header('access-control-allow-origin', allowsAll ? '*' : origin)
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
      const asked = request.headers['access-control-request-headers']
      reply
        .code(204)
        .header('access-control-allow-methods', METHODS)
        .header('access-control-allow-headers', asked !== undefined && ASKED.test(asked) ? asked : HEADERS)
        .header('access-control-max-age', PREFLIGHT_SECONDS)
        .send()
      return
    }
    reply.header('access-control-expose-headers', EXPOSED)
    done()
  }
}
