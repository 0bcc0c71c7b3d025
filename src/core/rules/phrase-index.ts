import { visitPhraseTokens } from './phrase-tokens.ts'
import { SequenceMatcher } from './sequence-matcher.ts'

/** Many phrases, found in one pass over a text. */
export class PhraseIndex {
  readonly #tokenIds: ReadonlyMap<string, number>
  readonly #matcher: SequenceMatcher
  /** Phrase → its rules: several may look for the same one. */
  readonly #rules: readonly (readonly number[])[]

  /** @param phrases each with at least one piece (see `phraseTokens`) */
  constructor(phrases: readonly { readonly tokens: readonly string[]; readonly rule: number }[]) {
    const tokenIds = new Map<string, number>()
    const bySequence = new Map<string, { sequence: number[]; rules: number[] }>()
    for (const { tokens, rule } of phrases) {
      const sequence = tokens.map((token) => {
        const id = tokenIds.get(token) ?? tokenIds.size
        tokenIds.set(token, id)
        return id
      })
      const key = sequence.join(' ')
      const known = bySequence.get(key)
      if (known === undefined) bySequence.set(key, { sequence, rules: [rule] })
      else known.rules.push(rule)
    }
    const distinct = [...bySequence.values()]
    this.#tokenIds = tokenIds
    this.#matcher = new SequenceMatcher(distinct.map(({ sequence }) => sequence))
    this.#rules = distinct.map(({ rules }) => rules)
  }

  /** Adds the rules whose phrase occurs in `text`, each once; linear in the text. */
  match(text: string, rules: number[]): void {
    let seen: Set<number> | null = null
    let found: Set<number> | null = null
    let state = 0
    visitPhraseTokens(text, (token) => {
      const id = this.#tokenIds.get(token)
      state = id === undefined ? 0 : this.#matcher.next(state, id)
      if (state !== 0 && this.#matcher.ends(state)) {
        seen ??= new Set()
        found ??= new Set()
        this.#matcher.collect(state, seen, found)
      }
    })
    for (const phrase of found ?? []) rules.push(...this.#rules[phrase]!)
  }
}
