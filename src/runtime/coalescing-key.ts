import type { ModelCall } from '../contracts/index.ts'
import type { Purpose } from './attempt.ts'

/**
 * By which calls are the same: tenant, model, protocol, and everything that the caller sent. Undefined for a call that
 * asks for chance (a temperature above 0), where each caller wants an answer of its own.
 */
export function coalescingKey(
  call: ModelCall,
  purpose: Purpose,
  tenant: string,
  models: readonly string[],
): string | undefined {
  const { temperature } = call.body
  if (typeof temperature === 'number' && temperature > 0) return undefined
  return JSON.stringify([tenant, purpose, models, call.protocol, call.stream, call.headers, call.body])
}
