import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Attributes, Span } from '../contracts/index.ts'
import type { Execution } from '../runtime/runtime.ts'

/** Ends the span of a request that was answered, by OpenTelemetry's conventions for HTTP servers and names of our own. */
export function endRequestSpan(span: Span, request: FastifyRequest, reply: FastifyReply): void {
  if (!span.isSampled) return
  const { method, routeOptions, operation, identity, execution, externalMs } = request
  const isComplete = reply.raw.writableFinished
  const { statusCode } = reply
  const isError = statusCode >= 500 || !isComplete
  const [path] = request.url.split('?')
  span.end({
    name: routeOptions.url === undefined ? method : `${method} ${routeOptions.url}`,
    kind: 'server',
    isError,
    attributes: {
      'http.request.method': method,
      'http.route': routeOptions.url,
      'url.path': path,
      'url.scheme': request.protocol,
      'http.response.status_code': statusCode,
      'error.type': !isComplete ? 'aborted' : isError ? String(statusCode) : undefined,
      'stratarouter.operation': operation?.name,
      'stratarouter.request_id': request.id,
      'stratarouter.tenant': identity?.tenant,
      'stratarouter.overhead_ms': Math.max(0, reply.elapsedTime - externalMs),
      ...(execution === null ? {} : ofExecution(execution)),
    },
  })
}

function ofExecution(execution: Execution): Attributes {
  const { id, route, decision, deployment, attempts, isCoalesced } = execution
  return {
    'stratarouter.execution_id': id,
    'stratarouter.route': route ?? undefined,
    'stratarouter.confidence': decision?.confidence,
    'stratarouter.decision.reason': decision?.reason,
    'stratarouter.model': deployment.of,
    'stratarouter.provider': deployment.provider.name,
    'stratarouter.attempts': attempts.length,
    'stratarouter.cache': isCoalesced ? 'coalesced' : 'bypass',
    // Who joins another's call pays nothing for it.
    'stratarouter.cost_usd': isCoalesced ? 0 : (execution.cost()?.costUsd ?? undefined),
  }
}
