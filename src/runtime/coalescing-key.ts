import type { ModelCall } from '../contracts/index.ts'
import type { Choice } from './choose-model.ts'
import type { Purpose } from './purpose.ts'

/**
 * By which calls are the same: tenant, models, route, protocol, and everything that the caller sent. The route is what some
 * providers answer by, and what budgets are kept for. Undefined for a call that asks for chance (a temperature above 0),
 * where each caller wants an answer of its own.
 */
export function coalescingKey(
  { protocol, stream, headers, body, text }: ModelCall,
  purpose: Purpose,
  tenant: string,
  { models, route, routeSet }: Choice,
): string | undefined {
  const { temperature } = body
  if (typeof temperature === 'number' && temperature > 0) return undefined
  let key = `${tenant}\n${purpose} ${protocol} ${stream}\n${routeSet} ${route}`
  for (const { name } of models) key += `\n${name}`
  // No name has a line feed, and JSON begins with a brace: nothing can be taken for something else.
  for (const header in headers) key += `\n${header}: ${headers[header]}`
  return `${key}\n\n${text ?? JSON.stringify(body)}`
}
