import type { RouteSet } from '../../contracts/index.ts'
import { phraseTokens } from '../rules/phrase-tokens.ts'
import { type LintProblem, quoted } from './lint-problem.ts'

/** Texts that are in more than one place, compared without case, accents, width and spacing. */
export function lintTexts(routeSet: RouteSet): LintProblem[] {
  const owners = new Map<string, Map<string, number>>()
  const problems: LintProblem[] = []
  for (const route of routeSet.routes) {
    const repeated = new Set<string>()
    for (const example of route.examples) {
      const key = textKey(example)
      const counts = owners.get(key) ?? new Map<string, number>()
      owners.set(key, counts)
      const count = (counts.get(route.name) ?? 0) + 1
      counts.set(route.name, count)
      if (count > 1) repeated.add(example)
    }
    if (repeated.size > 0) problems.push(repeatedExamples(route.name, [...repeated]))
  }
  problems.push(...sharedExamples(owners))
  for (const route of routeSet.routes) {
    for (const negative of route.negatives ?? []) {
      if (owners.get(textKey(negative))?.has(route.name) !== true) continue
      problems.push({
        kind: 'negative-is-example',
        severity: 'error',
        routes: [route.name],
        detail: `${quoted(negative)} is both an example and a negative of this route.`,
        suggestion: 'Remove it from one of the two lists.',
      })
    }
  }
  for (const text of routeSet.outOfScope ?? []) {
    const routes = owners.get(textKey(text))
    if (routes === undefined) continue
    problems.push({
      kind: 'out-of-scope-is-example',
      severity: 'error',
      routes: [...routes.keys()],
      detail: `${quoted(text)} is an example, and out of scope too.`,
      suggestion: 'Remove it from outOfScope, or from the examples.',
    })
  }
  return problems
}

/** Equal for texts that differ only in case, accents, width and spacing. */
export function textKey(text: string): string {
  return phraseTokens(text).join(' ') || text
}

function repeatedExamples(route: string, texts: readonly string[]): LintProblem {
  return {
    kind: 'repeated-example',
    severity: 'info',
    routes: [route],
    detail: `${texts.length === 1 ? 'An example is' : `${texts.length} examples are`} there more than once: ${texts.slice(0, 3).map(quoted).join(', ')}.`,
    suggestion: 'Keep one of each; a repeated text teaches nothing new.',
  }
}

function sharedExamples(owners: ReadonlyMap<string, ReadonlyMap<string, number>>): LintProblem[] {
  const byRoutes = new Map<string, { routes: string[]; texts: string[] }>()
  for (const [text, counts] of owners) {
    if (counts.size < 2) continue
    const routes = [...counts.keys()]
    const key = routes.join(' ')
    const group = byRoutes.get(key) ?? { routes, texts: [] }
    byRoutes.set(key, group)
    group.texts.push(text)
  }
  return [...byRoutes.values()].map(({ routes, texts }) => ({
    kind: 'shared-example' as const,
    severity: 'warning' as const,
    routes,
    detail: `${texts.length === 1 ? 'A text is an example' : `${texts.length} texts are examples`} of all of these routes: ${texts.slice(0, 3).map(quoted).join(', ')}.`,
    suggestion: 'Leave each text in the one route that should answer it, or join the routes.',
  }))
}
