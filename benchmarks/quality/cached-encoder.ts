import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { AsyncEncoder, EncodeOptions } from '../../src/contracts/index.ts'

const BATCH = 256

/** An encoder whose vectors are kept on disk, so that a second run of a benchmark takes seconds. */
export class CachedEncoder implements AsyncEncoder {
  readonly name: string
  readonly dimensions: number
  readonly fingerprint: string
  readonly #encoder: AsyncEncoder
  readonly #vectors = new Map<string, Float32Array>()
  readonly #texts: URL
  readonly #numbers: URL
  readonly #onProgress: (done: number, of: number) => void

  /** @param folder git-ignored; made when missing */
  constructor(encoder: AsyncEncoder, folder: URL, onProgress: (done: number, of: number) => void = () => {}) {
    this.name = encoder.name
    this.dimensions = encoder.dimensions
    this.fingerprint = encoder.fingerprint
    this.#encoder = encoder
    this.#onProgress = onProgress
    mkdirSync(folder, { recursive: true })
    this.#texts = new URL(`${encoder.fingerprint.slice(0, 16)}.texts.jsonl`, folder)
    this.#numbers = new URL(`${encoder.fingerprint.slice(0, 16)}.float32`, folder)
    this.#load()
  }

  async encodeMany(texts: readonly string[], options: EncodeOptions = {}): Promise<readonly Float32Array[]> {
    const missing = [...new Set(texts)].filter((text) => !this.#vectors.has(text))
    for (let start = 0; start < missing.length; start += BATCH) {
      const batch = missing.slice(start, start + BATCH)
      const vectors = await this.#encoder.encodeMany(batch, options)
      this.#keep(batch, vectors)
      this.#onProgress(start + batch.length, missing.length)
    }
    return texts.map((text) => this.#vectors.get(text) as Float32Array)
  }

  #keep(texts: readonly string[], vectors: readonly Float32Array[]): void {
    texts.forEach((text, place) => {
      this.#vectors.set(text, vectors[place] as Float32Array)
    })
    appendFileSync(this.#numbers, Buffer.concat(vectors.map(bytesOf)))
    appendFileSync(this.#texts, texts.map((text) => `${JSON.stringify(text)}\n`).join(''))
  }

  #load(): void {
    if (!existsSync(this.#texts) || !existsSync(this.#numbers)) return
    const bytes = readFileSync(this.#numbers)
    const size = this.dimensions * Float32Array.BYTES_PER_ELEMENT
    const lines = readFileSync(this.#texts, 'utf8').split('\n').slice(0, -1)
    // What a run that was stopped halfway left behind is cut off, in either file.
    const whole = Math.min(lines.length, Math.floor(bytes.length / size))
    for (let place = 0; place < whole; place++) {
      const at = bytes.subarray(place * size, (place + 1) * size)
      this.#vectors.set(
        JSON.parse(lines[place] as string) as string,
        new Float32Array(Uint8Array.from(at).buffer),
      )
    }
    if (whole < lines.length || whole * size < bytes.length) {
      writeFileSync(this.#numbers, bytes.subarray(0, whole * size))
      writeFileSync(
        this.#texts,
        lines
          .slice(0, whole)
          .map((line) => `${line}\n`)
          .join(''),
      )
    }
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)
