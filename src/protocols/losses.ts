import type { JsonObject } from '../contracts/index.ts'
import { type ErrorDetail, StrataError } from '../errors/index.ts'
import { shown } from './check-fields.ts'
import { isObject } from './json-fields.ts'

/** Collects what a translation would lose, so that all of it is told at once. */
export class Losses {
  readonly #details: ErrorDetail[] = []

  add(path: string, message: string, value?: unknown): void {
    this.#details.push(value === undefined ? { path, message } : { path, message, got: shown(value) })
  }

  /**
   * @param target what the request was to be put into, such as `the Gemini interface`
   * @throws StrataError `untranslatable` where anything would be lost
   */
  throwIfAny(target: string): void {
    if (this.#details.length === 0) return
    const names = this.#details.map(({ path, message }) => `${path} (${message})`).join('; ')
    throw new StrataError(
      'untranslatable',
      `The request cannot be put into ${target} without losing ${names}. Leave that out, or ask for a model whose provider speaks your own protocol.`,
      { details: this.#details },
    )
  }
}

/** Reads the fields of an object of a caller, and knows afterwards which of them nobody read. */
export class Fields {
  readonly path: string
  readonly #object: JsonObject
  readonly #losses: Losses
  readonly #read = new Set<string>()

  constructor(object: JsonObject, losses: Losses, path = '') {
    this.#object = object
    this.#losses = losses
    this.path = path
  }

  /** Where a field is. */
  at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`
  }

  /** A field's value; null counts as absent. */
  take(name: string): unknown {
    this.#read.add(name)
    const value = this.#object[name]
    return value === null ? undefined : value
  }

  text(name: string): string | undefined {
    const value = this.take(name)
    if (value === undefined || typeof value === 'string') return value
    this.refuse(name, 'expected text', value)
    return undefined
  }

  /** A text that must be there; empty where it is not, which is noted. */
  neededText(name: string): string {
    const value = this.text(name)
    if (value === undefined && this.#object[name] == null) this.refuse(name, 'expected text, got nothing')
    return value ?? ''
  }

  number(name: string): number | undefined {
    const value = this.take(name)
    if (value === undefined || typeof value === 'number') return value
    this.refuse(name, 'expected a number', value)
    return undefined
  }

  flag(name: string): boolean | undefined {
    const value = this.take(name)
    if (value === undefined || typeof value === 'boolean') return value
    this.refuse(name, 'expected true or false', value)
    return undefined
  }

  /** A list of texts, or one text. */
  texts(name: string): readonly string[] | undefined {
    const value = this.take(name)
    if (value === undefined) return undefined
    if (typeof value === 'string') return [value]
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
    this.refuse(name, 'expected text or a list of texts', value)
    return undefined
  }

  object(name: string): Fields | undefined {
    const value = this.take(name)
    if (value === undefined) return undefined
    if (isObject(value)) return new Fields(value, this.#losses, this.at(name))
    this.refuse(name, 'expected an object', value)
    return undefined
  }

  /** The object of a field that holds JSON of the caller's own, such as a schema. */
  json(name: string): JsonObject | undefined {
    const value = this.take(name)
    if (value === undefined || isObject(value)) return value
    this.refuse(name, 'expected an object', value)
    return undefined
  }

  objects(name: string): readonly Fields[] {
    const value = this.take(name)
    if (value === undefined) return []
    if (!Array.isArray(value)) {
      this.refuse(name, 'expected a list', value)
      return []
    }
    return value.flatMap((item: unknown, index) => {
      const path = `${this.at(name)}[${index}]`
      if (isObject(item)) return [new Fields(item, this.#losses, path)]
      this.#losses.add(path, 'expected an object', item)
      return []
    })
  }

  /** Notes that a field, or the object itself where the name is empty, would be lost. */
  refuse(name: string, message: string, value?: unknown): void {
    this.#losses.add(name === '' ? this.path : this.at(name), message, value)
  }

  /** Notes every field that nobody read, is not empty, and is not known to be harmless. */
  finish(harmless: ReadonlySet<string> = NONE): void {
    for (const [name, value] of Object.entries(this.#object)) {
      if (this.#read.has(name) || harmless.has(name) || isEmpty(value)) continue
      this.refuse(name, 'not known to other protocols', value)
    }
  }
}

const NONE: ReadonlySet<string> = new Set()

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}
