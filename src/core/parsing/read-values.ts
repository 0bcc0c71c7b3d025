import { percentAsShare } from '../../util/percent-as-share.ts'
import type { ProblemList } from './problem-list.ts'

/** Bytes (UTF-8) of one example, negative or out-of-scope text. */
const MAX_TEXT_BYTES = 32 * 1024
/** Levels of objects and lists in a route's metadata or target. */
const MAX_DEPTH = 32
/** Values in a route's metadata or target, whatever holds them. */
const MAX_VALUES = 10_000

export type Fields = Readonly<Record<string, unknown>>

/** True for an object with fields: not null, not a list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value of an own field, prototype names included; undefined when absent or null. */
export function fieldOf(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? (fields[name] ?? undefined) : undefined
}

/** A text with something visible in it, of at most 32 KiB. */
export function readText(value: unknown, path: string, problems: ProblemList): string | undefined {
  const text = readAnyText(value, path, problems)
  if (text === undefined || text.trim() !== '') return text
  problems.add(path, 'expected text, got only white space; write it or remove it', { got: value })
  return undefined
}

/** A text of at most 32 KiB, empty ones included. */
export function readAnyText(value: unknown, path: string, problems: ProblemList): string | undefined {
  if (typeof value !== 'string') {
    const remedy = typeof value === 'number' || typeof value === 'boolean' ? '; put it in quotes' : ''
    problems.add(path, `expected text${remedy}`, { got: value })
  } else if (isLongerThan(value, MAX_TEXT_BYTES)) {
    problems.add(path, `expected at most ${MAX_TEXT_BYTES} bytes of text; shorten it`, { got: value })
  } else {
    return value
  }
  return undefined
}

/** A list of texts; a problem with each entry that is none. An absent value is an empty list. */
export function readTexts(value: unknown, path: string, problems: ProblemList): string[] {
  const texts: string[] = []
  for (const [index, entry] of readList(value, path, 'texts', problems).entries()) {
    const text = readText(entry, `${path}[${index}]`, problems)
    if (text !== undefined) texts.push(text)
  }
  return texts
}

export function readList(
  value: unknown,
  path: string,
  what: string,
  problems: ProblemList,
): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  problems.add(path, `expected a list of ${what}`, { got: value })
  return []
}

/** A finite number from `least` to `most`. */
export function readNumber(
  value: unknown,
  path: string,
  least: number,
  most: number,
  problems: ProblemList,
): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' && value >= least && value <= most && Number.isFinite(value)) return value
  const range = Number.isFinite(least) ? ` from ${least} to ${most}` : ''
  const share = most === 1 ? percentAsShare(value) : undefined
  const remedy = share === undefined ? '' : `; did you mean ${share}?`
  problems.add(path, `expected a finite number${range}${remedy}`, { got: value, nearest: share?.toString() })
  return undefined
}

/** A copy of an object of plain values: texts, finite numbers, true, false, null, lists and objects of these. */
export function readPlainObject(value: unknown, path: string, problems: ProblemList): Fields | undefined {
  if (value === undefined) return undefined
  if (!isFields(value)) {
    problems.add(path, 'expected an object', { got: value })
    return undefined
  }
  const before = problems.count
  const copy = new PlainCopy(problems).of(value, path, 1)
  return problems.count === before && isFields(copy) ? copy : undefined
}

class PlainCopy {
  readonly #problems: ProblemList
  #values = 0
  #isFull = false

  constructor(problems: ProblemList) {
    this.#problems = problems
  }

  of(value: unknown, path: string, depth: number): unknown {
    if (this.#isFull) return undefined
    if (++this.#values > MAX_VALUES) {
      this.#isFull = true
      this.#problems.add(path, `expected at most ${MAX_VALUES} values in all; keep large data elsewhere`)
      return undefined
    }
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number' && Number.isFinite(value)) return value
    if (typeof value !== 'object') {
      this.#problems.add(path, 'expected text, a finite number, true, false, null, a list or an object', {
        got: value,
      })
      return undefined
    }
    if (depth > MAX_DEPTH) {
      this.#problems.add(path, `expected at most ${MAX_DEPTH} levels of lists and objects; flatten it`)
      return undefined
    }
    if (Array.isArray(value))
      return value.map((entry, index) => this.of(entry, `${path}[${index}]`, depth + 1))
    const copy: Record<string, unknown> = {}
    for (const [key, entry] of Object.entries(value)) {
      // Assignment to `__proto__` would set the prototype; here it is a key like any other.
      Object.defineProperty(copy, key, {
        value: this.of(entry, `${path}.${key}`, depth + 1),
        enumerable: true,
        writable: true,
        configurable: true,
      })
    }
    return copy
  }
}

function isLongerThan(text: string, bytes: number): boolean {
  if (text.length * 3 <= bytes) return false
  return text.length > bytes || new TextEncoder().encode(text).length > bytes
}
