import type { RouteDefinition, Rule } from '../../contracts/index.ts'
import { type ErrorDetail, StrataError } from '../../errors/index.ts'
import { type CompiledRegex, compileRegex, MAX_REGEX_SIZE_OF_SET } from './compile-regex.ts'
import { PhraseIndex } from './phrase-index.ts'
import { phraseTokens } from './phrase-tokens.ts'
import { RegexIndex } from './regex-index.ts'

type RuleMetadata = Readonly<Record<string, string | number | boolean>>

export interface RuleMatches {
  /** Index of the route that a rule forces: highest priority first, then file order; -1 when none does. */
  readonly forced: number
  /** Indices of the routes that a rule forbids, ascending, each once. */
  readonly forbidden: readonly number[]
  /** Indices of the routes that a rule favours and none forbids, ascending, each once. */
  readonly favoured: readonly number[]
  /** Every rule that matched, in file order. */
  readonly matched: readonly { readonly route: number; readonly rule: Rule }[]
}

/** All rules of a route set as one matcher. Immutable; the same text always gives the same answer. */
export interface CompiledRules {
  /** False when no route has a rule: then `match` costs one check. */
  readonly hasRules: boolean
  /**
   * @param metadata what the caller says about the request, compared by metadata rules
   * @param isAllowed routes it refuses take no part, as if they had no rules
   * @remarks Linear in the text. Regular expressions run only when a text that they require occurs, and see at most
   *   the first `REGEX_WORK_BUDGET` / (instructions of those that run) characters.
   */
  match(text: string, metadata?: RuleMetadata, isAllowed?: (route: number) => boolean): RuleMatches
}

/**
 * @throws StrataError `invalid_rule` with every bad rule in `details`
 */
export function compileRules(routes: readonly RouteDefinition[]): CompiledRules {
  const builder = new RuleIndex()
  const problems: ErrorDetail[] = []
  let size = 0
  routes.forEach((route, routeIndex) => {
    route.rules?.forEach((rule, ruleIndex) => {
      const path = `routes[${routeIndex}].rules[${ruleIndex}].when`
      try {
        size += builder.add(routeIndex, rule, path)
      } catch (error) {
        if (!(error instanceof StrataError)) throw error
        problems.push(...error.details)
      }
    })
  })
  if (size > MAX_REGEX_SIZE_OF_SET) {
    problems.push({
      path: 'routes',
      message: `expected regular expressions of at most ${MAX_REGEX_SIZE_OF_SET} instructions in all, got ${size}; write plain texts as phrases`,
    })
  }
  if (problems.length > 0) {
    throw new StrataError(
      'invalid_rule',
      `${problems.length === 1 ? 'A rule is' : `${problems.length} rules are`} invalid. ${problems[0]!.path}: ${problems[0]!.message}`,
      {
        details: problems.slice(0, 100),
      },
    )
  }
  return builder.finish()
}

interface IndexedRule {
  readonly route: number
  readonly rule: Rule
}

class RuleIndex {
  readonly #rules: IndexedRule[] = []
  readonly #phrases: { tokens: readonly string[]; rule: number }[] = []
  readonly #regexes: { regex: CompiledRegex; rule: number }[] = []
  readonly #metadata = new Map<string, number[]>()

  /** @returns the instructions that the rule adds */
  add(route: number, rule: Rule, path: string): number {
    const index = this.#rules.length
    this.#rules.push({ route, rule })
    const { when } = rule
    if (when.phrase !== undefined) {
      const tokens = phraseTokens(when.phrase)
      if (tokens.length === 0)
        throw emptyCondition(`${path}.phrase`, 'a phrase with at least one visible character')
      this.#phrases.push({ tokens, rule: index })
    } else if (when.metadata !== undefined) {
      this.#addMetadata(when.metadata, index, path)
    } else {
      const regex = compileRegex(when, path)
      this.#regexes.push({ regex, rule: index })
      return regex.size
    }
    return 0
  }

  finish(): CompiledRules {
    if (this.#rules.length === 0) return WITHOUT_RULES
    return new Rules(
      this.#rules,
      this.#phrases.length === 0 ? null : new PhraseIndex(this.#phrases),
      this.#regexes.length === 0 ? null : new RegexIndex(this.#regexes),
      this.#metadata,
    )
  }

  #addMetadata(metadata: RuleMetadata, index: number, path: string): void {
    const first = Object.entries(metadata)[0]
    if (first === undefined) throw emptyCondition(`${path}.metadata`, 'at least one key and value')
    const key = metadataKey(first[0], first[1])
    const known = this.#metadata.get(key)
    if (known === undefined) this.#metadata.set(key, [index])
    else known.push(index)
  }
}

const emptyCondition = (path: string, expected: string): StrataError => {
  const message = `expected ${expected}, got nothing; it would match everything`
  return new StrataError('invalid_rule', `${path}: ${message}`, { details: [{ path, message }] })
}

const metadataKey = (key: string, value: string | number | boolean): string =>
  `${typeof value} ${String(value)} ${key}`

class Rules implements CompiledRules {
  readonly hasRules = true
  readonly #rules: readonly IndexedRule[]
  readonly #phrases: PhraseIndex | null
  readonly #regexes: RegexIndex | null
  readonly #metadata: ReadonlyMap<string, readonly number[]>

  constructor(
    rules: readonly IndexedRule[],
    phrases: PhraseIndex | null,
    regexes: RegexIndex | null,
    metadata: ReadonlyMap<string, readonly number[]>,
  ) {
    this.#rules = rules
    this.#phrases = phrases
    this.#regexes = regexes
    this.#metadata = metadata
  }

  match(text: string, metadata?: RuleMetadata, isAllowed?: (route: number) => boolean): RuleMatches {
    const found: number[] = []
    this.#phrases?.match(text, found)
    this.#regexes?.match(text, found)
    if (metadata !== undefined && this.#metadata.size > 0) this.#matchMetadata(metadata, found)
    if (found.length === 0) return NOTHING_MATCHED
    found.sort((a, b) => a - b)
    const matched = found
      .map((index) => this.#rules[index]!)
      .filter(({ route }) => isAllowed === undefined || isAllowed(route))
    return weigh(matched)
  }

  #matchMetadata(metadata: RuleMetadata, found: number[]): void {
    for (const key of Object.keys(metadata)) {
      for (const index of this.#metadata.get(metadataKey(key, metadata[key]!)) ?? []) {
        const wanted = this.#rules[index]!.rule.when.metadata!
        if (
          Object.keys(wanted).every(
            (name) => Object.hasOwn(metadata, name) && metadata[name] === wanted[name],
          )
        ) {
          found.push(index)
        }
      }
    }
  }
}

function weigh(matched: readonly IndexedRule[]): RuleMatches {
  const forbidden = routesWith(matched, 'forbid')
  const isForbidden = new Set(forbidden)
  let forced = -1
  let forcedPriority = Number.NEGATIVE_INFINITY
  for (const { route, rule } of matched) {
    const priority = rule.priority ?? 0
    if (rule.then === 'force' && priority > forcedPriority && !isForbidden.has(route)) {
      forced = route
      forcedPriority = priority
    }
  }
  const favoured = routesWith(matched, 'favour').filter((route) => !isForbidden.has(route))
  return { forced, forbidden, favoured, matched }
}

/** `matched` is in file order, so that the same route's rules are neighbours. */
function routesWith(matched: readonly IndexedRule[], effect: Rule['then']): number[] {
  const routes: number[] = []
  for (const { route, rule } of matched) {
    if (rule.then === effect && routes.at(-1) !== route) routes.push(route)
  }
  return routes
}

const NONE: readonly never[] = Object.freeze([])

const NOTHING_MATCHED: RuleMatches = Object.freeze({
  forced: -1,
  forbidden: NONE,
  favoured: NONE,
  matched: NONE,
})

const WITHOUT_RULES: CompiledRules = Object.freeze({
  hasRules: false,
  match: () => NOTHING_MATCHED,
})
