import type { RouteDefinition, RouteSet } from '../contracts/index.ts'

const areSame = (a: readonly string[] | undefined, b: readonly string[] | undefined) =>
  a === b || ((a?.length ?? 0) === (b?.length ?? 0) && (a?.every((text, i) => text === b?.[i]) ?? true))

/** Whether two definitions of a route teach the head the same. */
export function isSameEvidence(a: RouteDefinition, b: RouteDefinition): boolean {
  return a === b || (a.description === b.description && areSame(a.examples, b.examples))
}

/** What of either set the other does not have; routes count as the same when they have the same texts. */
export function changedTexts(before: RouteSet, after: RouteSet): { gone: RouteSet; come: RouteSet } {
  const old = new Map(before.routes.map((route) => [route.name, route]))
  const come: RouteDefinition[] = []
  for (const route of after.routes) {
    const match = old.get(route.name)
    if (match && isSameEvidence(match, route) && areSame(match.negatives, route.negatives))
      old.delete(route.name)
    else come.push(route)
  }
  const strays = ({ outOfScope }: RouteSet) =>
    outOfScope && !areSame(before.outOfScope, after.outOfScope) ? { outOfScope } : {}
  return { gone: { routes: [...old.values()], ...strays(before) }, come: { routes: come, ...strays(after) } }
}
