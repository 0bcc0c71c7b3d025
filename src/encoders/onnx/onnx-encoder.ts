import type { AsyncEncoder, EncodeOptions } from '../../contracts/index.ts'
import { StrataError } from '../../errors/index.ts'
import { toUnitLength } from '../../util/unit-length.ts'
import type { BertTokens } from './bert-tokens.ts'
import type { OnnxOutput, OnnxRuntime, OnnxSession } from './onnx-runtime.ts'
import { meanPool } from './pooling.ts'

interface OnnxEncoderParts {
  readonly name: string
  readonly fingerprint: string
  readonly runtime: OnnxRuntime
  readonly session: OnnxSession
  readonly tokens: BertTokens
  readonly batchSize: number
}

/** A sentence model at work: the mean of its token vectors, of unit length. */
export class OnnxEncoder implements AsyncEncoder {
  readonly name: string
  readonly dimensions: number
  readonly fingerprint: string
  readonly #parts: OnnxEncoderParts
  /** The run under way: the model has all its threads at once, so a second one beside it would gain nothing. */
  #running: Promise<unknown> = Promise.resolve()

  private constructor(parts: OnnxEncoderParts, dimensions: number) {
    this.name = parts.name
    this.fingerprint = parts.fingerprint
    this.dimensions = dimensions
    this.#parts = parts
  }

  /**
   * An encoder of a loaded model; `loadOnnxEncoder` loads one.
   * @throws StrataError `invalid_model` when what the model takes or gives is not what a sentence model does
   */
  static async of(parts: OnnxEncoderParts): Promise<OnnxEncoder> {
    const unknown = parts.session.inputNames.filter((name) => !INPUTS.includes(name))
    if (unknown.length > 0 || !parts.session.inputNames.includes('input_ids')) {
      throw new StrataError(
        'invalid_model',
        `Expected a model of the BERT kind, which takes ${INPUTS.join(', ')}, but ${parts.name} takes ${parts.session.inputNames.join(', ')}. Export the sentence model with these inputs.`,
      )
    }
    const [vector] = await run(parts, [parts.tokens.idsOf('a')])
    return new OnnxEncoder(parts, (vector as Float32Array).length)
  }

  /**
   * The unit vectors of `texts`, in their order.
   * @remarks About 3 ms a short text on one core for MiniLM-L6 at int8. Texts of equal length share a batch, which
   *   needs no padding. The runtime cannot stop a batch under way; `signal` is heeded before each.
   */
  async encodeMany(
    texts: readonly string[],
    { signal }: EncodeOptions = {},
  ): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = new Array(texts.length)
    const byLength = new Map<number, { place: number; ids: Int32Array }[]>()
    texts.forEach((text, place) => {
      const ids = this.#parts.tokens.idsOf(text)
      if (ids.length === 0) vectors[place] = new Float32Array(this.dimensions)
      else if (byLength.has(ids.length)) byLength.get(ids.length)?.push({ place, ids })
      else byLength.set(ids.length, [{ place, ids }])
    })
    for (const rows of byLength.values()) {
      for (let start = 0; start < rows.length; start += this.#parts.batchSize) {
        const batch = rows.slice(start, start + this.#parts.batchSize)
        const made = await this.#run(
          batch.map(({ ids }) => ids),
          signal,
        )
        batch.forEach(({ place }, row) => {
          vectors[place] = made[row] as Float32Array
        })
      }
    }
    return vectors
  }

  /** Frees the memory of the model; nothing can be encoded after that. */
  async close(): Promise<void> {
    await this.#running
    await this.#parts.session.release()
  }

  #run(batch: readonly Int32Array[], signal: AbortSignal | undefined): Promise<Float32Array[]> {
    const mine = this.#running.then(() => {
      if (signal?.aborted) {
        throw new StrataError('aborted', 'The encoding was aborted before it was done.', {
          cause: signal.reason,
        })
      }
      return run(this.#parts, batch)
    })
    this.#running = mine.catch(() => undefined)
    return mine
  }
}

const INPUTS: readonly string[] = ['input_ids', 'attention_mask', 'token_type_ids']

/** The vectors of texts that all have the same number of tokens. */
async function run(
  { runtime, session, name }: OnnxEncoderParts,
  batch: readonly Int32Array[],
): Promise<Float32Array[]> {
  const length = (batch[0] as Int32Array).length
  const shape = [batch.length, length]
  const tensor = (fill: (row: number, token: number) => number) => {
    const data = new BigInt64Array(batch.length * length)
    for (let i = 0; i < data.length; i++) data[i] = BigInt(fill(Math.floor(i / length), i % length))
    return new runtime.Tensor('int64', data, shape)
  }
  const inputs: Readonly<Record<string, () => unknown>> = {
    input_ids: () => tensor((row, token) => batch[row]?.[token] as number),
    attention_mask: () => tensor(() => 1),
    token_type_ids: () => tensor(() => 0),
  }
  const feeds = Object.fromEntries(session.inputNames.map((input) => [input, inputs[input]?.()]))
  const outputs = await session.run(feeds).catch((error: unknown) => {
    throw new StrataError('encoder_failed', `The model ${name} failed: ${String(error)}`, { cause: error })
  })
  return vectorsOf(outputs[session.outputNames[0] as string] as OnnxOutput, batch.length, length, name)
}

function vectorsOf(output: OnnxOutput, count: number, length: number, name: string): Float32Array[] {
  const { data, dims } = output
  const dimensions = dims.at(-1) as number
  const isPerToken = dims.length === 3 && dims[0] === count && dims[1] === length
  const isPerText = dims.length === 2 && dims[0] === count
  if (!(data instanceof Float32Array) || !(isPerToken || isPerText)) {
    throw new StrataError(
      'invalid_model',
      `Expected the first output of ${name} to be float32 of the shape [texts, tokens, dimensions] or [texts, dimensions], got [${dims.join(', ')}] for ${count} texts of ${length} tokens. Export the model with last_hidden_state first.`,
    )
  }
  return Array.from({ length: count }, (_, row) =>
    isPerToken
      ? meanPool(data, row * length * dimensions, length, dimensions)
      : toUnitLength(data.subarray(row * dimensions, (row + 1) * dimensions)),
  )
}
