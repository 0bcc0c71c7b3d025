import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadOnnxEncoder, type OnnxEncoderOptions, type OnnxRuntime } from './index.ts'
import { tinyOnnxModel } from './tiny-onnx-model.ts'

const VOCABULARY = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'where', 'is', 'my', 'refund', '##s', '?']
const SIZE = 16
const TABLE = VOCABULARY.map((_, id) =>
  Array.from({ length: SIZE }, (__, d) => Math.sin(id * 3 + d) * (1 + id)),
)

const folder = mkdtempSync(join(tmpdir(), 'stratarouter-onnx-'))
const model = join(folder, 'tiny.onnx')
const vocabulary = join(folder, 'vocab.txt')
writeFileSync(model, tinyOnnxModel(TABLE))
writeFileSync(vocabulary, `${VOCABULARY.join('\r\n')}\r\n`)
afterAll(() => rmSync(folder, { recursive: true }))

/** The mean of the rows of the tokens, `[CLS]` and `[SEP]` among them, of unit length. */
function expected(...tokens: readonly string[]): number[] {
  const ids = ['[CLS]', ...tokens, '[SEP]'].map((token) => VOCABULARY.indexOf(token))
  const sums = Array.from({ length: SIZE }, (_, d) => ids.reduce((sum, id) => sum + (TABLE[id]?.[d] ?? 0), 0))
  return sums.map((x) => x / Math.hypot(...sums))
}

class Tensor {
  readonly data: BigInt64Array
  readonly dims: readonly number[]
  constructor(_: 'int64', data: BigInt64Array, dims: readonly number[]) {
    this.data = data
    this.dims = dims
  }
}

/** Runs what the tiny model says, and notes the shapes that it was given. */
function double(change: { inputs?: string[]; perText?: boolean; size?: number } = {}) {
  const shapes: (readonly number[])[] = []
  const runtime: OnnxRuntime = {
    Tensor: Tensor as OnnxRuntime['Tensor'],
    InferenceSession: {
      create: async () => ({
        inputNames: change.inputs ?? ['input_ids', 'attention_mask', 'token_type_ids'],
        outputNames: ['last_hidden_state'],
        release: async () => {},
        async run(feeds) {
          const { data, dims } = feeds.input_ids as Tensor
          shapes.push(dims)
          const rows = Array.from(data, (id) => TABLE[Number(id)] ?? [])
          const [count = 0, length = 0] = dims
          const perText = Array.from({ length: count }, (_, row) => rows[row * length + 1] ?? []).flat()
          return {
            last_hidden_state: change.perText
              ? { data: Float32Array.from(perText), dims: [count, SIZE] }
              : { data: Float32Array.from(rows.flat()), dims: [count, change.size ?? length, SIZE] },
          }
        },
      }),
    },
  }
  return { runtime, shapes }
}

const load = (options: Partial<OnnxEncoderOptions> = {}) =>
  loadOnnxEncoder({ model, vocabulary, runtime: double().runtime, ...options })

const close = (vector: Float32Array | undefined, numbers: readonly number[]) => {
  expect(vector).toHaveLength(numbers.length)
  for (const [d, x] of numbers.entries()) expect(vector?.[d]).toBeCloseTo(x, 5)
}

describe('the encoder that runs an ONNX sentence model', () => {
  it('takes the mean of the token vectors, of unit length, the two tokens around the text among them', async () => {
    const encoder = await load()
    expect(encoder.dimensions).toBe(SIZE)
    const [a, b, empty] = await encoder.encodeMany(['Where is my refund?', 'my refunds', ' '])
    close(a, expected('where', 'is', 'my', 'refund', '?'))
    close(b, expected('my', 'refund', '##s'))
    expect(empty).toEqual(new Float32Array(SIZE))
  })

  it('runs texts one by one, or those of equal length together', async () => {
    const texts = ['my refund', 'where is my refund', 'is my', 'where ?', 'my refund ?']
    const alone = double()
    const one = await load({ runtime: alone.runtime })
    const together = double()
    const many = await load({ runtime: together.runtime, batchSize: 2 })
    const vectors = await one.encodeMany(texts)
    expect(await many.encodeMany(texts)).toEqual(vectors)
    expect(alone.shapes.slice(1).every(([count]) => count === 1)).toBe(true)
    expect(together.shapes.slice(1)).toEqual([
      [2, 4],
      [1, 4],
      [1, 6],
      [1, 5],
    ])
  })

  it('reads no more of a text than the model takes', async () => {
    const encoder = await load({ maxTokens: 4 })
    close((await encoder.encodeMany(['where is my refund ?']))[0], expected('where', 'is'))
  })

  it('takes a model that pools by itself', async () => {
    const encoder = await load({ runtime: double({ perText: true }).runtime })
    const row = TABLE[VOCABULARY.indexOf('my')] as number[]
    close(
      (await encoder.encodeMany(['my refund']))[0],
      row.map((x) => x / Math.hypot(...row)),
    )
  })

  it('has a fingerprint by model, vocabulary and length', async () => {
    const other = join(folder, 'other.onnx')
    writeFileSync(other, tinyOnnxModel(TABLE.map((row) => row.map((x) => x + 1))))
    const encoders = [
      await load(),
      await load({ model: other }),
      await load({ vocabulary: [...VOCABULARY, 'more'] }),
      await load({ maxTokens: 64 }),
    ]
    expect(new Set(encoders.map(({ fingerprint }) => fingerprint)).size).toBe(4)
    expect((await load({ vocabulary: VOCABULARY })).fingerprint).toBe(encoders[0]?.fingerprint)
  })

  it('heeds the signal between batches, and goes on afterwards', async () => {
    const encoder = await load()
    const signal = AbortSignal.abort()
    await expect(encoder.encodeMany(['my refund'], { signal })).rejects.toMatchObject({ code: 'aborted' })
    expect(await encoder.encodeMany(['my refund'])).toHaveLength(1)
  })

  it('says what is wrong with files, vocabulary, model and options', async () => {
    await expect(load({ model: '/nowhere.onnx' })).rejects.toMatchObject({ code: 'file_not_found' })
    await expect(load({ vocabulary: ['a', 'b'] })).rejects.toThrow(/the entry \[UNK\]|the entry \[CLS\]/)
    await expect(load({ vocabulary: [...VOCABULARY, 'my'] })).rejects.toMatchObject({ code: 'invalid_model' })
    await expect(load({ runtime: double({ inputs: ['pixels'] }).runtime })).rejects.toThrow(/takes pixels/)
    await expect(load({ runtime: double({ size: 3_000 }).runtime })).rejects.toThrow(/\[1, 3000, 16\]/)
    await expect(load({ maxTokens: 2 })).rejects.toThrow(/maxTokens/)
  })

  it('says what to install where the package that runs models is not there', async () => {
    const { runtime: _, ...options } = { model, vocabulary, runtime: undefined }
    await expect(loadOnnxEncoder(options)).rejects.toMatchObject({
      code: 'invalid_configuration',
      message: expect.stringContaining('npm install onnxruntime-node'),
    })
  })
})

const benchmarks = new URL('../../../benchmarks/package.json', import.meta.url)
const isInstalled = existsSync(new URL('./node_modules/onnxruntime-node/package.json', benchmarks))

describe.skipIf(!isInstalled)(
  'the package onnxruntime-node (npm ci --ignore-scripts --prefix benchmarks installs it)',
  () => {
    it('runs a model file as the double does', async () => {
      const runtime = createRequire(benchmarks)('onnxruntime-node') as OnnxRuntime
      const encoder = await load({ runtime, batchSize: 8 })
      const texts = ['Where is my refund?', 'my refunds', 'is my']
      const [vectors, wanted] = [await encoder.encodeMany(texts), await (await load()).encodeMany(texts)]
      for (const [place, vector] of vectors.entries())
        close(vector, Array.from(wanted[place] as Float32Array))
      await encoder.close()
      const broken = join(folder, 'broken.onnx')
      writeFileSync(broken, 'no model')
      await expect(load({ model: broken, runtime })).rejects.toMatchObject({ code: 'invalid_model' })
    })
  },
)
