import type { Decision, RouteOptions } from '../contracts/index.ts'
import { Counter, type Logger } from '../observability/index.ts'
import type { LiveRouteSets, Trial } from './live-route-sets.ts'
import { isInShare } from './message-share.ts'

/** A message on which the two versions differ; null is *no match*. */
interface ShadowDifference {
  readonly text: string
  readonly active: string | null
  readonly shadow: string | null
}

/** How often a shadow has decided as the active version did, in this process. */
export interface ShadowAgreement {
  readonly agree: number
  readonly differ: number
  /** The newest first, at most 100; empty unless texts are recorded. */
  readonly differences: readonly ShadowDifference[]
}

interface Waiting {
  readonly set: string
  readonly shadow: Trial
  readonly text: string
  readonly options: RouteOptions
  readonly decided: string | null
}

interface Tally {
  readonly version: number
  agree: number
  differ: number
  readonly differences: ShadowDifference[]
}

export interface ShadowDecisionsOptions {
  readonly logger: Logger
  /** A text as it may be kept; absent where none may. */
  readonly recordedText?: (text: string) => string
  /** Runs something when answers that are ready have gone out. */
  readonly later?: (run: () => void) => void
}

/** Messages that may wait for a shadow; what comes on top is counted as dropped. */
const MOST_WAITING = 256
/** Decisions between two looks at what else there is to do. */
const DECISIONS_A_TURN = 8
const DIFFERENCES_KEPT = 100

/** Has shadows decide after the answer is given, and counts how often they agree. */
export class ShadowDecisions {
  readonly #options: ShadowDecisionsOptions
  readonly #live: LiveRouteSets
  readonly #later: (run: () => void) => void
  readonly #waiting: Waiting[] = []
  readonly #tallies = new Map<string, Tally>()
  readonly outcomes = new Counter({
    name: 'stratarouter_shadow_decisions_total',
    help: 'Decisions of shadow versions, by whether they named the same route as the active version; dropped: too many waited.',
    labels: ['route_set', 'outcome'],
  })

  constructor(options: ShadowDecisionsOptions, live: LiveRouteSets) {
    this.#options = options
    this.#live = live
    this.#later = options.later ?? setImmediate
  }

  /** Lets the shadow of a set, if it has one, decide a message too; costs the caller next to nothing. */
  observe(set: string, text: string, options: RouteOptions, { route, snapshot }: Decision): void {
    const live = this.#live.find(set)
    const shadow = live?.shadow
    if (live === undefined || shadow === undefined) return
    // What the canary decided says nothing about the active version.
    if (snapshot === live.canary?.router.snapshot) return
    if (!isInShare(text, shadow.share, shadow.version)) return
    if (this.#waiting.length >= MOST_WAITING) {
      this.outcomes.series(set, 'dropped').count++
      return
    }
    this.#waiting.push({ set, shadow, text, options: { ...options, explain: false }, decided: route })
    if (this.#waiting.length === 1) this.#later(this.#work)
  }

  /** Of the shadow that a set has now; null where it has none. */
  agreement(set: string): ShadowAgreement | null {
    const shadow = this.#live.find(set)?.shadow
    if (shadow === undefined) return null
    const { agree, differ, differences } = this.#tally(set, shadow.version)
    return { agree, differ, differences: differences.toReversed() }
  }

  readonly #work = (): void => {
    for (const waiting of this.#waiting.splice(0, DECISIONS_A_TURN)) this.#decide(waiting)
    if (this.#waiting.length > 0) this.#later(this.#work)
  }

  #decide({ set, shadow, text, options, decided }: Waiting): void {
    if (this.#live.find(set)?.shadow !== shadow) return
    const tally = this.#tally(set, shadow.version)
    const route = this.#routeOf(shadow, text, options)
    if (route === decided) {
      tally.agree++
      this.outcomes.series(set, 'agree').count++
      return
    }
    tally.differ++
    this.outcomes.series(set, 'differ').count++
    const { recordedText } = this.#options
    if (!recordedText || route === undefined) return
    tally.differences.push({ text: recordedText(text), active: decided, shadow: route })
    if (tally.differences.length > DIFFERENCES_KEPT) tally.differences.shift()
  }

  /** Undefined where the shadow cannot answer: it need not have every route that a request includes or excludes. */
  #routeOf(shadow: Trial, text: string, options: RouteOptions): string | null | undefined {
    try {
      return shadow.router.route(text, options).route
    } catch (error) {
      this.#options.logger.debug({ err: error, version: shadow.version }, 'a shadow could not decide')
      return undefined
    }
  }

  #tally(set: string, version: number): Tally {
    let tally = this.#tallies.get(set)
    if (tally?.version !== version) {
      for (const other of this.#tallies.keys()) {
        if (this.#live.find(other)?.shadow === undefined) this.#tallies.delete(other)
      }
      tally = { version, agree: 0, differ: 0, differences: [] }
      this.#tallies.set(set, tally)
    }
    return tally
  }
}
