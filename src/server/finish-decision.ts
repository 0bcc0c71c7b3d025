import type { App, MadeDecision } from '../app/index.ts'
import { DecisionJson } from './wire/decision-json.ts'

/** The decision as JSON with its id in front. Every decision that is answered passes here once. */
export function finishDecision(app: App, made: MadeDecision): DecisionJson {
  return new DecisionJson(app.decided(made), made.decision)
}
