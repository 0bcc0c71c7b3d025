import type { Decision, RouteDefinition, RouteSet } from '../contracts/index.ts'
import type { RoutedDecision, Routing } from '../runtime/routing.ts'
import type { CascadeBook } from './cascade-book.ts'
import type { RouteSets } from './route-sets.ts'

interface AppRoutingOptions {
  readonly routes: RouteSets
  readonly cascades: CascadeBook | undefined
  /** Of UTF-8; of longer messages the beginning and the end decide. */
  readonly textLimitBytes: number
  /** Counts and records a decision; returns its id. */
  readonly decided: (set: string | undefined, text: string, decision: Decision) => string
}

/** Lets the runtime decide as `/v1/route` does. */
export function appRouting({ routes, cascades, textLimitBytes, decided }: AppRoutingOptions): Routing {
  const definitions = new WeakMap<RouteSet, ReadonlyMap<string, RouteDefinition>>()
  return {
    decide(set, message, context) {
      const text = shortened(message, textLimitBytes)
      const options =
        context.length === 0 ? {} : { context: context.map((one) => shortened(one, textLimitBytes)) }
      const router = routes.routerFor(set, text)
      const finish = (decision: Decision): RoutedDecision => {
        routes.answered(set, text, options, decision)
        return { id: decided(set, text, decision), ...decision }
      }
      const decision = cascades ? cascades.decide(router, text, options) : router.route(text, options)
      return decision instanceof Promise ? decision.then(finish) : finish(decision)
    },
    target(set, route) {
      const { routeSet } = routes.router(set)
      let byName = definitions.get(routeSet)
      if (byName === undefined) {
        byName = new Map(routeSet.routes.map((definition) => [definition.name, definition]))
        definitions.set(routeSet, byName)
      }
      const found = byName.get(route)
      return found === undefined ? undefined : (found.target ?? null)
    },
    hasSet: (set) => routes.has(set),
  }
}

/** No character takes more than three bytes of UTF-8 for each unit of a string. */
const BYTES_A_UNIT = 3

/** A text that is not longer than may be decided: where it is, its beginning and its end, where requests stand. */
function shortened(text: string, limitBytes: number): string {
  if (text.length * BYTES_A_UNIT <= limitBytes || Buffer.byteLength(text) <= limitBytes) return text
  const half = Math.floor(limitBytes / BYTES_A_UNIT / 2) - 1
  return `${text.slice(0, half)}\n${text.slice(-half)}`.toWellFormed()
}
