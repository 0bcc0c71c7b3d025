import { type App, DEFAULT_SET } from '../app/index.ts'
import type { Decision } from '../contracts/index.ts'
import { createIdSource } from '../observability/index.ts'
import { DecisionJson } from './wire/decision-json.ts'

const nextId = createIdSource('dec')

interface MadeDecision {
  /** Name of the route set; `default` where the caller named none. */
  readonly set: string | undefined
  /** What was decided; absent where a vector was. */
  readonly text?: string | undefined
  readonly decision: Decision
}

/**
 * The decision as JSON with its id in front. Every decision that is answered passes here once: it is counted,
 * watched for drift, and recorded where it belongs to the sample.
 */
export function finishDecision(app: App, { set = DEFAULT_SET, text, decision }: MadeDecision): DecisionJson {
  const id = nextId()
  app.metrics.recordDecision(decision)
  app.drift.observe(set, decision)
  if (app.decisions.wants(id)) {
    const version = app.routes.versionOf(set, decision.snapshot)
    app.decisions.note({ id, routeSet: set, version, text, decision })
  }
  return new DecisionJson(id, decision)
}
