import type { JsonObject } from '../contracts/index.ts'

export interface ItemBookLimits {
  /** Of all that is kept. */
  readonly bytes: number
  /** Of what one tenant has kept: none takes the place of all others. */
  readonly tenantBytes: number
  readonly tenantItems: number
  /** A larger item is not kept. */
  readonly itemBytes: number
}

/** What one tenant has kept: JSON texts by the ids of their items, in the order of their last use. */
interface Shelf {
  readonly items: Map<string, string>
  bytes: number
}

const LIMITS: ItemBookLimits = {
  bytes: 8 * 1024 * 1024,
  tenantBytes: 4 * 1024 * 1024,
  tenantItems: 10_000,
  itemBytes: 256 * 1024,
}

/** A text takes so much at most. */
const BYTES_A_CHARACTER = 2
/** What an entry of a map and the heads of its two texts take, about. */
const ENTRY_BYTES = 128

/**
 * Items of answers that were written here instead of by the provider, for callers who refer to them in later calls instead
 * of sending them again. Bounded; what was not used for the longest time is forgotten first.
 */
export class ItemBook {
  readonly #limits: ItemBookLimits
  /** By tenant, in the order of their last use. */
  readonly #shelves = new Map<string, Shelf>()
  #bytes = 0

  constructor(limits: ItemBookLimits = LIMITS) {
    this.#limits = limits
  }

  /** Estimated. */
  get bytes(): number {
    return this.#bytes
  }

  /** Undefined where it is not known, or another tenant's. */
  get(tenant: string, id: string): JsonObject | undefined {
    const shelf = this.#shelves.get(tenant)
    const text = shelf?.items.get(id)
    if (shelf === undefined || text === undefined) return undefined
    this.#used(tenant, shelf)
    shelf.items.delete(id)
    shelf.items.set(id, text)
    return JSON.parse(text) as JsonObject
  }

  keep(tenant: string, id: string, item: JsonObject): void {
    const { bytes: mostBytes, tenantBytes, tenantItems, itemBytes } = this.#limits
    const text = JSON.stringify(item)
    const bytes = bytesOf(id, text)
    if (bytes > Math.min(itemBytes, tenantBytes, mostBytes) || tenantItems < 1) return
    const shelf = this.#shelves.get(tenant) ?? { items: new Map(), bytes: 0 }
    this.#used(tenant, shelf)
    this.#forget(shelf, id)
    shelf.items.set(id, text)
    shelf.bytes += bytes
    this.#bytes += bytes
    while (shelf.bytes > tenantBytes || shelf.items.size > tenantItems) this.#forgetOldest(shelf)
    for (const [name, least] of this.#shelves) {
      while (this.#bytes > mostBytes && least.items.size > 0) this.#forgetOldest(least)
      if (this.#bytes <= mostBytes) break
      this.#shelves.delete(name)
    }
  }

  #used(tenant: string, shelf: Shelf): void {
    this.#shelves.delete(tenant)
    this.#shelves.set(tenant, shelf)
  }

  #forgetOldest(shelf: Shelf): void {
    const [oldest] = shelf.items.keys()
    this.#forget(shelf, oldest as string)
  }

  #forget(shelf: Shelf, id: string): void {
    const text = shelf.items.get(id)
    if (text === undefined) return
    shelf.items.delete(id)
    const bytes = bytesOf(id, text)
    shelf.bytes -= bytes
    this.#bytes -= bytes
  }
}

const bytesOf = (id: string, text: string): number =>
  ENTRY_BYTES + BYTES_A_CHARACTER * (id.length + text.length)
