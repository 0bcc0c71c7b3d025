import type { App } from '../app/index.ts'
import type { Decision } from '../contracts/index.ts'
import { createIdSource } from '../observability/index.ts'

const nextId = createIdSource('dec')

interface MadeDecision {
  /** Name of the route set; `default` where the caller named none. */
  readonly set: string | undefined
  /** What was decided; absent where a vector was. */
  readonly text?: string | undefined
  readonly decision: Decision
}

/** The decision as JSON with its id in front. Every decision that is answered passes here once, and is counted. */
export function finishDecision(app: App, { decision }: MadeDecision): string {
  app.metrics.recordDecision(decision)
  return `{"id":"${nextId()}",${JSON.stringify(decision).slice(1)}`
}
