import type { Execution } from '../../runtime/runtime.ts'

/** What was done, as headers of the answer. */
export function executionHeaders(
  { id, route, decision, deployment, attempts, isCoalesced, externalMs }: Execution,
  elapsedMs: number,
): Record<string, string> {
  const headers: Record<string, string> = {
    'x-stratarouter-execution-id': id,
    'x-stratarouter-model': deployment.of,
    'x-stratarouter-provider': deployment.provider.name,
    'x-stratarouter-attempts': String(attempts.length),
    'x-stratarouter-cache': isCoalesced ? 'coalesced' : 'bypass',
    'x-stratarouter-overhead-ms': Math.max(0, elapsedMs - externalMs).toFixed(2),
  }
  if (route) headers['x-stratarouter-route'] = route
  if (decision) headers['x-stratarouter-confidence'] = String(decision.confidence)
  return headers
}
