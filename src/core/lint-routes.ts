import type { Decision, Encoder, FitReport, RouteDefinition, RouteSet } from '../contracts/index.ts'
import { lintErrorRate } from './linting/lint-error-rate.ts'
import { lintDecisions, lintOverlaps } from './linting/lint-examples.ts'
import type { LintKind, LintProblem } from './linting/lint-problem.ts'
import { lintRules } from './linting/lint-rules.ts'
import { lintTexts } from './linting/lint-texts.ts'

export type { LintKind, LintProblem } from './linting/lint-problem.ts'

/** A compiled router of the same set, for what only deciding shows. */
export interface LintRouter {
  readonly encoder: Encoder
  /** What its fit promised, if it did. */
  readonly report?: Pick<FitReport, 'thresholds'>
  route(text: string): Decision
}

const FEW_EXAMPLES = 3
const UNBALANCED_RATIO = 20
/** Problems of one kind that are listed. */
const MAX_OF_KIND = 200

/**
 * What is wrong, or will hurt, in a checked route set, errors first.
 * @param router finds overlapping and misrouted examples as well; without it only the file itself is looked at
 * @param notes what reading the file passed over, see `parseRouteSetWithNotes`
 * @remarks Linear in the number of examples above a few thousand; at most 200 problems of a kind.
 */
export function lintRoutes(
  routeSet: RouteSet,
  router?: LintRouter,
  notes: readonly string[] = [],
): { problems: LintProblem[] } {
  const problems = [
    ...notes.map(unusedField),
    ...(routeSet.routes.length === 0 ? [EMPTY] : []),
    ...routeSet.routes.flatMap(lintSize),
    ...lintBalance(routeSet.routes),
    ...lintNames(routeSet.routes),
    ...lintThresholds(routeSet),
    ...lintErrorRate(routeSet, router),
    ...lintTexts(routeSet),
    ...lintRules(routeSet.routes),
    ...(router === undefined ? [] : lintOverlaps(routeSet, router.encoder)),
    ...(router === undefined ? [] : lintDecisions(routeSet, (text) => router.route(text))),
  ]
  return { problems: bySeverity(limited(problems)) }
}

const EMPTY: LintProblem = {
  kind: 'no-routes',
  severity: 'error',
  routes: [],
  detail: 'There are no routes, so every message gets no match.',
  suggestion: 'Add a route with at least three examples as people would write them.',
}

const unusedField = (note: string): LintProblem => ({
  kind: 'unused-field',
  severity: 'info',
  routes: [],
  detail: note,
  suggestion: 'Take the field out once nothing else reads the file.',
})

function lintSize(route: RouteDefinition): LintProblem[] {
  const count = new Set(route.examples).size
  if (count >= FEW_EXAMPLES) return []
  if (count > 0) {
    return [
      {
        kind: 'few-examples',
        severity: 'warning',
        routes: [route.name],
        detail: `${count === 1 ? 'Only one example' : `Only ${count} examples`}; accuracy rises steeply up to about ten.`,
        suggestion: 'Add examples as people would write them, in different words.',
      },
    ]
  }
  return [
    {
      kind: 'no-examples',
      severity: 'warning',
      routes: [route.name],
      detail: `No examples; only ${route.description === undefined ? 'the name' : 'name and description'} and rules say what belongs here.`,
      suggestion: 'Add at least three examples as people would write them.',
    },
  ]
}

function lintBalance(routes: readonly RouteDefinition[]): LintProblem[] {
  const sized = routes.filter((route) => route.examples.length > 0)
  const sorted = [...sized].sort((a, b) => a.examples.length - b.examples.length)
  const [smallest, largest] = [sorted[0], sorted.at(-1)]
  if (smallest === undefined || largest === undefined) return []
  if (largest.examples.length <= UNBALANCED_RATIO * smallest.examples.length) return []
  const thin = sized.filter((route) => route.examples.length * UNBALANCED_RATIO < largest.examples.length)
  return [
    {
      kind: 'unbalanced-examples',
      severity: 'info',
      routes: [largest.name, smallest.name],
      detail: `${largest.name} has ${largest.examples.length} examples, ${smallest.name} ${smallest.examples.length}; ${thin.length === 1 ? 'one route has' : `${thin.length} routes have`} less than a twentieth of the largest.`,
      suggestion: 'Add examples to the small routes; a large one takes doubtful messages from them.',
    },
  ]
}

function lintNames(routes: readonly RouteDefinition[]): LintProblem[] {
  const byName = new Map<string, string[]>()
  for (const { name } of routes) {
    const same = byName.get(name.toLowerCase()) ?? []
    byName.set(name.toLowerCase(), same)
    same.push(name)
  }
  return [...byName.values()]
    .filter((names) => names.length > 1)
    .map((names) => ({
      kind: 'similar-names',
      severity: 'warning',
      routes: names,
      detail: `${names.join(' and ')} differ only in case.`,
      suggestion: 'Rename one, or join them if they are meant to be the same route.',
    }))
}

function lintThresholds(routeSet: RouteSet): LintProblem[] {
  const unreachable = routeSet.routes.filter(({ threshold }) => threshold === 1).map(({ name }) => name)
  const problems: LintProblem[] = unreachable.map((name) => ({
    kind: 'unreachable-threshold',
    severity: 'error',
    routes: [name],
    detail: 'The threshold is 1, but a confidence is always below 1: only a rule can choose this route.',
    suggestion: 'Set a threshold such as 0.9.',
  }))
  if (routeSet.defaults?.threshold === 1) {
    problems.push({
      kind: 'unreachable-threshold',
      severity: 'error',
      routes: routeSet.routes.filter(({ threshold }) => threshold === undefined).map(({ name }) => name),
      detail:
        'The default threshold is 1, but a confidence is always below 1: only rules can choose these routes.',
      suggestion: 'Set defaults.threshold to something such as 0.9, or leave it out.',
    })
  }
  return problems
}

function limited(problems: readonly LintProblem[]): LintProblem[] {
  const counts = new Map<LintKind, number>()
  const kept = problems.filter(({ kind }) => {
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    return count <= MAX_OF_KIND
  })
  for (const [kind, count] of counts) {
    if (count <= MAX_OF_KIND) continue
    kept.push({
      kind: 'not-all-checked',
      severity: 'info',
      routes: [],
      detail: `${count} problems of the kind ${kind}, of which the first ${MAX_OF_KIND} are listed.`,
      suggestion: 'Mend these and lint again.',
    })
  }
  return kept
}

const SEVERITIES = ['error', 'warning', 'info'] as const

function bySeverity(problems: readonly LintProblem[]): LintProblem[] {
  return SEVERITIES.flatMap((severity) => problems.filter((problem) => problem.severity === severity))
}
