import type { AnswerKeeper, JsonObject } from '../contracts/index.ts'
import type { ItemBook } from './item-book.ts'

/** Longest id that is remembered; those of providers have some fifty characters. */
const LONGEST_ID = 256
/** Too many to guess. */
const ID_BYTES = 16

/** What is kept of one answer for the tenant whose call it answers. */
export class KeptAnswer implements AnswerKeeper {
  readonly #items: ItemBook
  readonly #tenant: string
  readonly #onAnswered: (id: string) => void

  /** @param onAnswered told the id of the answer, with its beginning where it is streamed */
  constructor(items: ItemBook, tenant: string, onAnswered: (id: string) => void) {
    this.#items = items
    this.#tenant = tenant
    this.#onAnswered = onAnswered
  }

  answered(id: string): void {
    if (id !== '' && id.length <= LONGEST_ID) this.#onAnswered(id)
  }

  randomId(): string {
    let id = ''
    for (const byte of crypto.getRandomValues(new Uint8Array(ID_BYTES))) {
      id += byte.toString(16).padStart(2, '0')
    }
    return id
  }

  keep(id: string, item: JsonObject): void {
    this.#items.keep(this.#tenant, id, item)
  }
}
