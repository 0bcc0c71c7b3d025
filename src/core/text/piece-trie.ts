const START_ROOT = 0
const CONTINUATION_ROOT = 1
const CONTINUATION_MARK = '##'
const HASH_MULTIPLIER = 0x9e3779b1
const SLOTS_A_NODE = 1.5
const SLOTS_A_UNIT = 1.25

/** The nodes of a trie as they come; a parent comes before its children. */
interface Nodes {
  readonly count: number
  /** Number of the parent, and the symbol that leads from there. */
  readonly parents: Int32Array
  readonly symbols: Uint16Array
  /** Entry that ends at the node, or -1. */
  readonly ids: Int32Array
}

/** Open addressing: `slotOf` finds the edge, or the empty slot where it would go; two numbers a slot, 0 is no edge. */
function slotOf(edges: Int32Array, edge: number): number {
  const mask = (edges.length >> 1) - 1
  let slot = Math.imul(edge, HASH_MULTIPLIER) >>> Math.clz32(mask)
  for (;;) {
    const found = edges[slot << 1]
    if (found === edge || found === 0) return slot << 1
    slot = (slot + 1) & mask
  }
}

const tableOf = (slots: number) => new Int32Array(2 << Math.max(4, Math.ceil(Math.log2(slots))))

/** A vocabulary as a trie in one flat array, over its own alphabet of at most 65,535 symbols. */
export class PieceTrie {
  /** Id of the entry that `longest` found last. */
  matchedId = -1

  #symbolCount = 0
  readonly #symbols = new Uint16Array(0x10000)
  readonly #highSymbols = new Map<number, number>()
  readonly #radix: number
  /**
   * A node is the slot of the edge that leads to it, one of the two roots the number after the last slot or the one
   * after that. A slot has the edge, parent * radix + symbol + 1, and the entry that ends there, or -1.
   */
  readonly #edges: Int32Array
  readonly #slots: number

  /** @throws RangeError when an entry is empty or occurs twice, or when there are too many symbols or nodes */
  constructor(vocabulary: readonly string[]) {
    let units = 0
    for (const entry of vocabulary) {
      units += entry.length
      this.#addSymbols(entry)
    }
    this.#radix = this.#symbolCount + 1
    if (this.#radix > 0xffff) throw tooMany()
    const nodes = this.#nodesOf(vocabulary, units)
    this.#edges = tableOf(nodes.count * SLOTS_A_NODE)
    this.#slots = this.#edges.length >> 1
    if ((this.#slots + 2) * this.#radix > 0x7fffffff) throw tooMany()
    this.#layOut(nodes)
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

  /** How many nodes there are shows only when all are made; so they are made first and laid out afterwards. */
  #nodesOf(vocabulary: readonly string[], units: number): Nodes {
    if ((units + 2) * this.#radix > 0x7fffffff) throw tooMany()
    const edges = tableOf(units * SLOTS_A_UNIT)
    const parents = new Int32Array(units + 2)
    const symbols = new Uint16Array(units + 2)
    const ids = new Int32Array(units + 2).fill(-1)
    let count = 2
    vocabulary.forEach((entry, id) => {
      const continues = entry.length > CONTINUATION_MARK.length && entry.startsWith(CONTINUATION_MARK)
      let node = continues ? CONTINUATION_ROOT : START_ROOT
      for (let at = continues ? CONTINUATION_MARK.length : 0; at < entry.length; at++) {
        const codePoint = entry.codePointAt(at)!
        if (codePoint > 0xffff) at++
        const symbol = this.symbolOf(codePoint)
        const edge = node * this.#radix + symbol + 1
        const slot = slotOf(edges, edge)
        if (edges[slot] === 0) {
          edges[slot] = edge
          edges[slot + 1] = count
          parents[count] = node
          symbols[count++] = symbol
        }
        node = edges[slot + 1]!
      }
      const other = ids[node]!
      if (node < 2) throw new RangeError(`Vocabulary entry ${id} is empty`)
      if (other >= 0) throw new RangeError(`Vocabulary entries ${other} and ${id} are the same: "${entry}"`)
      ids[node] = id
    })
    return { count, parents, symbols, ids }
  }

  #layOut({ count, parents, symbols, ids }: Nodes): void {
    const edges = this.#edges
    const slots = new Int32Array(count)
    slots[START_ROOT] = this.#slots + START_ROOT
    slots[CONTINUATION_ROOT] = this.#slots + CONTINUATION_ROOT
    for (let node = 2; node < count; node++) {
      const edge = slots[parents[node]!]! * this.#radix + symbols[node]! + 1
      const slot = slotOf(edges, edge)
      edges[slot] = edge
      edges[slot + 1] = ids[node]!
      slots[node] = slot >> 1
    }
  }

  /** Symbol of a code point, 1 or more; 0 when it occurs in no entry. */
  symbolOf(codePoint: number): number {
    return codePoint > 0xffff ? (this.#highSymbols.get(codePoint) ?? 0) : this.#symbols[codePoint]!
  }

  /**
   * End of the longest entry that begins at `word[start]`, its id in `matchedId`; `start` when there is none.
   * At 0 entries that begin a word count, elsewhere those that continue one.
   */
  longest(word: Uint16Array, start: number, length: number): number {
    const edges = this.#edges
    const radix = this.#radix
    let node = this.#slots + (start === 0 ? START_ROOT : CONTINUATION_ROOT)
    let end = start
    for (let at = start; at < length; at++) {
      const symbol = word[at]!
      if (symbol === 0) break
      const slot = slotOf(edges, node * radix + symbol + 1)
      if (edges[slot] === 0) break
      node = slot >> 1
      const id = edges[slot + 1]!
      if (id >= 0) {
        this.matchedId = id
        end = at + 1
      }
    }
    return end
  }

  /** Id of the entry that is exactly `word`, or -1. */
  wordId(word: string): number {
    let node = this.#slots + START_ROOT
    let id = -1
    for (const character of word) {
      const slot = slotOf(this.#edges, node * this.#radix + this.symbolOf(character.codePointAt(0)!) + 1)
      if (this.#edges[slot] === 0) return -1
      node = slot >> 1
      id = this.#edges[slot + 1]!
    }
    return id
  }
}

const tooMany = () => new RangeError('The vocabulary has too many different characters')
