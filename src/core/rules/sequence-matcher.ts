/**
 * Finds which of many sequences of integers occur in a longer one, in one pass (Aho and Corasick).
 * @see Aho & Corasick, 1975, "Efficient string matching: an aid to bibliographic search"
 */
export class SequenceMatcher {
  /** Open-addressed edges: slot → state and symbol it leaves by, and state it leads to. */
  readonly #fromState: Int32Array
  readonly #bySymbol: Int32Array
  readonly #toState: Int32Array
  readonly #fallback: Int32Array
  /** Nearest state on the fallback chain, itself included, that ends a sequence; -1 when none does. */
  readonly #ending: Int32Array
  /** State → index of the sequence that ends exactly there, or -1. */
  readonly #sequenceAt: Int32Array

  /**
   * @param sequences distinct, not empty, of integers >= 0
   * @remarks O(total length) time and memory.
   */
  constructor(sequences: readonly (readonly number[])[]) {
    const total = sequences.reduce((sum, sequence) => sum + sequence.length, 0)
    let slots = 16
    while (slots < total * 2) slots *= 2
    this.#fromState = new Int32Array(slots).fill(-1)
    this.#bySymbol = new Int32Array(slots)
    this.#toState = new Int32Array(slots)
    this.#fallback = new Int32Array(total + 1)
    this.#ending = new Int32Array(total + 1).fill(-1)
    this.#sequenceAt = new Int32Array(total + 1).fill(-1)
    this.#build(sequences)
  }

  /** The state after reading `symbol` in `state`; the first state is 0. */
  next(state: number, symbol: number): number {
    for (;;) {
      const target = this.#edge(state, symbol)
      if (target >= 0) return target
      if (state === 0) return 0
      state = this.#fallback[state]!
    }
  }

  /** True when some sequence ends in `state`. */
  ends(state: number): boolean {
    return this.#ending[state]! >= 0
  }

  /**
   * Adds every sequence that ends in `state` to `found`.
   * @param seen states that were collected before for the same text: their chain need not be walked again, which
   *   keeps a whole pass linear
   */
  collect(state: number, seen: Set<number>, found: Set<number>): void {
    let ending = this.#ending[state]!
    while (ending >= 0 && !seen.has(ending)) {
      seen.add(ending)
      found.add(this.#sequenceAt[ending]!)
      ending = ending === 0 ? -1 : this.#ending[this.#fallback[ending]!]!
    }
  }

  #build(sequences: readonly (readonly number[])[]): void {
    const parents = [0]
    const symbols = [0]
    const depths = [0]
    sequences.forEach((sequence, index) => {
      let state = 0
      for (const symbol of sequence) {
        let target = this.#edge(state, symbol)
        if (target < 0) {
          target = parents.length
          parents.push(state)
          symbols.push(symbol)
          depths.push(depths[state]! + 1)
          this.#addEdge(state, symbol, target)
        }
        state = target
      }
      this.#sequenceAt[state] = index
    })
    const byDepth = parents.map((_, state) => state).sort((a, b) => depths[a]! - depths[b]!)
    for (const state of byDepth) {
      const parent = parents[state]!
      const fallback = parent === 0 ? 0 : this.next(this.#fallback[parent]!, symbols[state]!)
      this.#fallback[state] = fallback
      this.#ending[state] = this.#sequenceAt[state]! >= 0 ? state : this.#ending[fallback]!
    }
  }

  #edge(state: number, symbol: number): number {
    const mask = this.#fromState.length - 1
    let slot = hash(state, symbol) & mask
    for (;;) {
      const from = this.#fromState[slot]!
      if (from < 0) return -1
      if (from === state && this.#bySymbol[slot] === symbol) return this.#toState[slot]!
      slot = (slot + 1) & mask
    }
  }

  #addEdge(state: number, symbol: number, target: number): void {
    const mask = this.#fromState.length - 1
    let slot = hash(state, symbol) & mask
    while (this.#fromState[slot]! >= 0) slot = (slot + 1) & mask
    this.#fromState[slot] = state
    this.#bySymbol[slot] = symbol
    this.#toState[slot] = target
  }
}

function hash(state: number, symbol: number): number {
  const mixed = Math.imul(state, 0x9e3779b1) ^ Math.imul(symbol, 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}
