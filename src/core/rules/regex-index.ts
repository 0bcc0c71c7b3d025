import type { CompiledRegex } from './compile-regex.ts'
import { foldedAsciiCode } from './regex-shape.ts'
import { SequenceMatcher } from './sequence-matcher.ts'

/** Instructions × characters that the regular expressions of one query may cost: about 10 ms at the worst, 30 ms before the code is warm. */
export const REGEX_WORK_BUDGET = 250_000

/** Regular expressions by the texts they require. */
export class RegexIndex {
  readonly #entries: readonly { regex: CompiledRegex; rule: number }[]
  readonly #always: readonly number[]
  readonly #matcher: SequenceMatcher | null
  readonly #byRequired: readonly (readonly number[])[]

  constructor(entries: readonly { regex: CompiledRegex; rule: number }[]) {
    this.#entries = entries
    const byRequired = new Map<string, number[]>()
    const always: number[] = []
    entries.forEach(({ regex }, index) => {
      if (regex.required === null) always.push(index)
      for (const required of new Set(regex.required ?? [])) {
        const known = byRequired.get(required)
        if (known === undefined) byRequired.set(required, [index])
        else known.push(index)
      }
    })
    this.#always = always
    this.#byRequired = [...byRequired.values()]
    this.#matcher =
      byRequired.size === 0
        ? null
        : new SequenceMatcher([...byRequired.keys()].map((text) => Array.from(text, (c) => c.charCodeAt(0))))
  }

  /** Adds the indices of the rules that match. What lies beyond the work budget is not looked at. */
  match(text: string, rules: number[]): void {
    const candidates = this.#candidates(text)
    if (candidates.length === 0) return
    let size = 0
    for (const index of candidates) size += this.#entries[index]!.regex.size
    const characters = Math.min(text.length, Math.floor(REGEX_WORK_BUDGET / size))
    const seen = characters < text.length ? text.slice(0, characters) : text
    for (const index of candidates) {
      const entry = this.#entries[index]!
      if (entry.regex.test(seen)) rules.push(entry.rule)
    }
  }

  #candidates(text: string): readonly number[] {
    const matcher = this.#matcher
    if (matcher === null) return this.#always
    const seen = new Set<number>()
    const found = new Set<number>()
    let state = 0
    for (let index = 0; index < text.length; index++) {
      const code = foldedAsciiCode(text.charCodeAt(index))
      state = code < 0 ? 0 : matcher.next(state, code)
      if (state !== 0 && matcher.ends(state)) matcher.collect(state, seen, found)
    }
    if (found.size === 0) return this.#always
    const candidates = new Set(this.#always)
    for (const required of found) for (const index of this.#byRequired[required]!) candidates.add(index)
    return [...candidates]
  }
}
