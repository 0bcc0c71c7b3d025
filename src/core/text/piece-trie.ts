const START_ROOT = 0
const CONTINUATION_ROOT = 1
const CONTINUATION_MARK = '##'
const HASH_MULTIPLIER = 0x9e3779b1

/** A vocabulary as a trie in flat arrays, over its own alphabet of at most 65,535 symbols. */
export class PieceTrie {
  /** Id of the entry that `longest` found last. */
  matchedId = -1

  #symbolCount = 0
  #nodeCount = 2
  readonly #symbols = new Uint16Array(0x10000)
  readonly #highSymbols = new Map<number, number>()
  /** Open addressing: `edge` then the node that it leads to, edge = node * radix + symbol + 1; 0 is empty. */
  readonly #edges: Int32Array
  readonly #mask: number
  readonly #shift: number
  readonly #radix: number
  /** Entry that ends at a node, or -1. */
  readonly #ids: Int32Array

  /** @throws RangeError when an entry is empty or occurs twice, or when there are too many symbols or nodes */
  constructor(vocabulary: readonly string[]) {
    let units = 0
    for (const entry of vocabulary) {
      units += entry.length
      this.#addSymbols(entry)
    }
    this.#radix = this.#symbolCount + 1
    if (this.#radix > 0xffff || (units + 2) * this.#radix > 0x7fffffff) {
      throw new RangeError('The vocabulary has too many different characters')
    }
    const bits = Math.max(4, Math.ceil(Math.log2(units * 1.25 + 2)))
    this.#edges = new Int32Array(2 << bits)
    this.#mask = (1 << bits) - 1
    this.#shift = 32 - bits
    this.#ids = new Int32Array(units + 2).fill(-1)
    for (let id = 0; id < vocabulary.length; id++) this.#add(vocabulary[id]!, id)
  }

  #addSymbols(entry: string): void {
    for (let at = 0; at < entry.length; at++) {
      const codePoint = entry.codePointAt(at)!
      if (codePoint > 0xffff) at++
      if (this.symbolOf(codePoint) > 0) continue
      this.#symbolCount++
      if (codePoint > 0xffff) this.#highSymbols.set(codePoint, this.#symbolCount)
      else this.#symbols[codePoint] = this.#symbolCount
    }
  }

  #add(entry: string, id: number): void {
    const edges = this.#edges
    const continues = entry.length > CONTINUATION_MARK.length && entry.startsWith(CONTINUATION_MARK)
    let node = continues ? CONTINUATION_ROOT : START_ROOT
    for (let at = continues ? CONTINUATION_MARK.length : 0; at < entry.length; at++) {
      const codePoint = entry.codePointAt(at)!
      if (codePoint > 0xffff) at++
      const edge = node * this.#radix + this.symbolOf(codePoint) + 1
      const slot = this.#slotOf(edge)
      if (edges[slot] === 0) {
        edges[slot] = edge
        edges[slot + 1] = this.#nodeCount++
      }
      node = edges[slot + 1]!
    }
    const other = this.#ids[node]!
    if (node < 2) throw new RangeError(`Vocabulary entry ${id} is empty`)
    if (other >= 0) throw new RangeError(`Vocabulary entries ${other} and ${id} are the same: "${entry}"`)
    this.#ids[node] = id
  }

  /** Symbol of a code point, 1 or more; 0 when it occurs in no entry. */
  symbolOf(codePoint: number): number {
    return codePoint > 0xffff ? (this.#highSymbols.get(codePoint) ?? 0) : this.#symbols[codePoint]!
  }

  /** Place in `#edges` of the edge, or of the empty slot where it would go. */
  #slotOf(edge: number): number {
    const edges = this.#edges
    const mask = this.#mask
    let slot = Math.imul(edge, HASH_MULTIPLIER) >>> this.#shift
    for (;;) {
      const found = edges[slot << 1]
      if (found === edge || found === 0) return slot << 1
      slot = (slot + 1) & mask
    }
  }

  /**
   * End of the longest entry that begins at `word[start]`, its id in `matchedId`; `start` when there is none.
   * At 0 entries that begin a word count, elsewhere those that continue one.
   */
  longest(word: Uint16Array, start: number, length: number): number {
    const edges = this.#edges
    const ids = this.#ids
    const radix = this.#radix
    let node = start === 0 ? START_ROOT : CONTINUATION_ROOT
    let end = start
    for (let at = start; at < length; at++) {
      const symbol = word[at]!
      if (symbol === 0) break
      const slot = this.#slotOf(node * radix + symbol + 1)
      if (edges[slot] === 0) break
      node = edges[slot + 1]!
      const id = ids[node]!
      if (id >= 0) {
        this.matchedId = id
        end = at + 1
      }
    }
    return end
  }

  /** Id of the entry that is exactly `word`, or -1. */
  wordId(word: string): number {
    let node = START_ROOT
    for (const character of word) {
      const slot = this.#slotOf(node * this.#radix + this.symbolOf(character.codePointAt(0)!) + 1)
      if (this.#edges[slot] === 0) return -1
      node = this.#edges[slot + 1]!
    }
    return this.#ids[node]!
  }
}
