import { type ErrorCode, type ErrorDetail, StrataError } from '../../errors/index.ts'
import { nearestName } from '../../util/nearest-name.ts'

/** Problems that an error names one by one; the rest are counted. */
const MAX_DETAILS = 100
/** Characters of a refused value that an error repeats. */
const SHOWN_LENGTH = 80

/** Everything that is wrong with an input, so that one error can say it all at once. */
export class ProblemList {
  readonly #details: ErrorDetail[] = []
  #count = 0
  #onlyRules = true

  get count(): number {
    return this.#count
  }

  /** @param got the refused value, which is shortened; leave out when there is none */
  add(path: string, message: string, more: { got?: unknown; nearest?: string | undefined } = {}): void {
    this.#onlyRules = false
    if (this.#isFull()) return
    const got = 'got' in more ? { got: shownValue(more.got, path) } : {}
    const nearest = more.nearest === undefined ? {} : { nearest: more.nearest }
    this.#push({ path, message, ...got, ...nearest })
  }

  /** Adds what is wrong with a rule; when there is nothing else, the error is `invalid_rule`. */
  addRuleProblem(detail: ErrorDetail): void {
    if (!this.#isFull()) this.#push(detail)
  }

  unknownField(path: string, name: string, value: unknown, known: readonly string[]): void {
    this.#onlyRules = false
    if (this.#isFull()) return
    const nearest = nearestName(name, known)
    const remedy = nearest === undefined ? `known here: ${known.join(', ')}` : `did you mean ${nearest}?`
    this.add(joinPath(path, name), `unknown field; ${remedy}`, { got: value, nearest })
  }

  /** @throws StrataError when there is any problem; its message names the first */
  throwIfAny(code: ErrorCode, what: string): void {
    const first = this.#details[0]
    if (first === undefined) return
    const where = first.path === '' ? '' : `${first.path}: `
    const count = this.#count === 1 ? '' : ` (the first of ${this.#count} problems)`
    throw new StrataError(
      this.#onlyRules ? 'invalid_rule' : code,
      `${what} cannot be used. ${where}${first.message}${count}`,
      { details: this.#details },
    )
  }

  /** Counts the problem instead, so that a million of them cost little. */
  #isFull(): boolean {
    if (this.#details.length < MAX_DETAILS) return false
    this.#count++
    return true
  }

  #push(detail: ErrorDetail): void {
    this.#count++
    this.#details.push(detail)
  }
}

/** `routes[3]` and `name` → `routes[3].name`. */
export function joinPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** A value in at most 80 characters, on one line; what is stored under a name for secrets is not shown. */
function shownValue(value: unknown, path = ''): string {
  if (/(?:key|token|secret|password|credential)s?$/i.test(path)) return '(hidden)'
  return shorten(summary(value))
}

function summary(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return JSON.stringify(value.slice(0, SHOWN_LENGTH + 1))
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value)
    return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 8).join(', ')}`
  }
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value)
}

const shorten = (text: string): string =>
  text.length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH - 3)}...`
