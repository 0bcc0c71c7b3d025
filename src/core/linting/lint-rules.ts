import type { RouteDefinition, RuleCondition } from '../../contracts/index.ts'
import { DEFAULT_FLAGS } from '../rules/compile-regex.ts'
import { type LintProblem, quoted } from './lint-problem.ts'
import { textKey } from './lint-texts.ts'

/** Rules that undo one another. */
export function lintRules(routes: readonly RouteDefinition[]): LintProblem[] {
  const problems: LintProblem[] = []
  /** Condition and priority → routes that it forces. */
  const forced = new Map<string, { when: RuleCondition; routes: string[] }>()
  for (const route of routes) {
    const effects = new Map<string, Set<string>>()
    for (const { when, then, priority = 0 } of route.rules ?? []) {
      const key = conditionKey(when)
      const seen = effects.get(key) ?? new Set<string>()
      effects.set(key, seen)
      if (
        !seen.has(then) &&
        ((then === 'forbid' && seen.size > 0) || (then !== 'forbid' && seen.has('forbid')))
      ) {
        problems.push(contradiction(route.name, when))
      }
      seen.add(then)
      if (then !== 'force') continue
      const rivals = forced.get(`${priority} ${key}`) ?? { when, routes: [] }
      forced.set(`${priority} ${key}`, rivals)
      if (!rivals.routes.includes(route.name)) rivals.routes.push(route.name)
    }
  }
  for (const { when, routes: rivals } of forced.values()) {
    if (rivals.length < 2) continue
    problems.push({
      kind: 'competing-rules',
      severity: 'warning',
      routes: rivals,
      detail: `${conditionText(when)} forces each of these routes with the same priority; ${rivals[0]} wins, being first in the file.`,
      suggestion: 'Give the rule that should win a higher priority, or remove the others.',
    })
  }
  return problems
}

function contradiction(route: string, when: RuleCondition): LintProblem {
  return {
    kind: 'contradictory-rules',
    severity: 'error',
    routes: [route],
    detail: `${conditionText(when)} both forbids this route and forces or favours it; forbid always wins.`,
    suggestion: 'Remove one of the two rules.',
  }
}

/** Equal for conditions that match the same texts by their form. */
function conditionKey(when: RuleCondition): string {
  if (when.phrase !== undefined) return `phrase ${textKey(when.phrase)}`
  if (when.regex !== undefined)
    return `regex ${[...(when.flags ?? DEFAULT_FLAGS)].sort().join('')} ${when.regex}`
  return `metadata ${JSON.stringify(Object.entries(when.metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))}`
}

function conditionText(when: RuleCondition): string {
  if (when.phrase !== undefined) return `The phrase ${quoted(when.phrase)}`
  if (when.regex !== undefined) return `The expression ${quoted(when.regex)}`
  return `The metadata ${JSON.stringify(when.metadata)}`
}
