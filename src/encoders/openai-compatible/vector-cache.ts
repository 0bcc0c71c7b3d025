/** Rough cost of an entry beside its numbers and the two bytes of each character. */
const ENTRY_BYTES = 200

/** The vectors used last, within a number of bytes. */
export class VectorCache {
  readonly #budgetBytes: number
  readonly #vectors = new Map<string, Float32Array>()
  #bytes = 0

  /** @param budgetBytes 0 keeps nothing */
  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes
  }

  get(text: string): Float32Array | undefined {
    const vector = this.#vectors.get(text)
    if (vector) {
      // What was used last stands last.
      this.#vectors.delete(text)
      this.#vectors.set(text, vector)
    }
    return vector
  }

  set(text: string, vector: Float32Array): void {
    this.#drop(text)
    this.#vectors.set(text, vector)
    this.#bytes += bytesOf(text, vector)
    for (const oldest of this.#vectors.keys()) {
      if (this.#bytes <= this.#budgetBytes) return
      this.#drop(oldest)
    }
  }

  #drop(text: string): void {
    const vector = this.#vectors.get(text)
    if (!vector) return
    this.#vectors.delete(text)
    this.#bytes -= bytesOf(text, vector)
  }
}

const bytesOf = (text: string, vector: Float32Array) => ENTRY_BYTES + 2 * text.length + vector.byteLength
