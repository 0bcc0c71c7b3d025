import type { Execution } from '../../runtime/runtime.ts'

/** What was done, as headers of the answer. */
export function executionHeaders(
  { id, route, decision, deployment, isCoalesced, externalMs }: Execution,
  elapsedMs: number,
): readonly (readonly [string, string])[] {
  const headers: [string, string][] = [
    ['x-stratarouter-execution-id', id],
    ['x-stratarouter-model', deployment.of],
    ['x-stratarouter-provider', deployment.provider.name],
    ['x-stratarouter-cache', isCoalesced ? 'coalesced' : 'bypass'],
    ['x-stratarouter-overhead-ms', Math.max(0, elapsedMs - externalMs).toFixed(2)],
  ]
  if (route) headers.push(['x-stratarouter-route', route])
  if (decision) headers.push(['x-stratarouter-confidence', String(decision.confidence)])
  return headers
}
