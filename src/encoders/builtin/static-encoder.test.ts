import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { isStrataError } from '../../errors/index.ts'
import { createStaticEncoder, loadBuiltinEncoder, verifyModelFile } from './index.ts'

type ParityEntry = ({ text: string } | { repeat: string; times: number }) & {
  vector: number[]
  tokens?: number[]
  tokenCount?: number
  tokensSha256?: string
}

const weights = readFileSync(new URL('./model/strata-encoder-1.bin', import.meta.url))
const parity = JSON.parse(
  readFileSync(new URL('./model/parity.json', import.meta.url), 'utf8'),
) as ParityEntry[]
const encoder = await loadBuiltinEncoder()
const plain = createStaticEncoder(weights, false)

const textOf = (entry: ParityEntry) => ('text' in entry ? entry.text : entry.repeat.repeat(entry.times))
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!
  return sum
}
const bits = (vector: Float32Array) => new Uint32Array(vector.buffer, vector.byteOffset, vector.length)
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc
    .array(fc.constantFrom('where', 'is', 'my', 'refund', 'CAFÉ', '漢字', '한국', '😀', '!'), {
      maxLength: 30,
    })
    .map((words) => words.join(' ')),
)

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('the built-in encoder', () => {
  test('is the one whose fingerprint it carries', async () => {
    expect(encoder).toMatchObject({ name: 'strata-encoder-1', dimensions: 256 })
    await expect(verifyModelFile(weights)).resolves.toBeUndefined()
  })

  test('splits every text of the reference set into the same tokens as the trainer', () => {
    expect(parity.length).toBeGreaterThan(100)
    for (const entry of parity) {
      const ids = encoder.tokenIds(textOf(entry))
      if (entry.tokens) expect(ids).toEqual(entry.tokens)
      else {
        expect(ids.length).toBe(entry.tokenCount)
        expect(createHash('sha256').update(ids.join(',')).digest('hex')).toBe(entry.tokensSha256)
      }
    }
  })

  test('gives every text of the reference set the vector that the trainer gives it', () => {
    for (const entry of parity) {
      const vector = encoder.encode(textOf(entry))
      const length = Math.sqrt(dot(entry.vector, entry.vector))
      if (length === 0) expect(vector).toEqual(new Float32Array(256))
      else expect(dot(vector, entry.vector) / length).toBeGreaterThan(0.9999)
    }
  })

  test('gives the same bits with SIMD and without', () => {
    expect(encoder.simd).toBe(true)
    expect(plain.simd).toBe(false)
    for (const entry of parity) {
      const text = textOf(entry)
      expect(bits(plain.encode(text))).toEqual(bits(encoder.encode(text)))
    }
  })

  test('gives a unit vector or the zero vector, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const vector = encoder.encode(text)
        const length = Math.sqrt(dot(vector, vector))
        expect(Math.abs(length - (encoder.tokenIds(text).length > 0 ? 1 : 0))).toBeLessThan(1e-5)
        expect(bits(plain.encode(text))).toEqual(bits(vector))
      }),
      { numRuns: 500 },
    )
  })

  test('fills the array that it is given', () => {
    const into = new Float32Array(256).fill(7)
    expect(encoder.encode('where is my refund?', into)).toBe(into)
    expect(into).toEqual(encoder.encode('where is my refund?'))
    expect(encoder.encode('', into)).toEqual(new Float32Array(256))
  })

  test('refuses an array of another length', () => {
    expect(() => encoder.encode('hello', new Float32Array(128))).toThrow(
      expect.objectContaining({ code: 'dimension_mismatch' }),
    )
  })

  test('gives out vectors that a later call does not change', () => {
    const first = encoder.encode('hello')
    const copy = first.slice()
    encoder.encode('something else')
    expect(first).toEqual(copy)
  })

  test('reads only so much of an endless text', () => {
    const long = '! '.repeat(encoder.maxInputTokens)
    expect(encoder.tokenIds(`${long} hello`).length).toBe(encoder.maxInputTokens)
    expect(encoder.encode(`${long} hello`)).toEqual(encoder.encode(long))
  })

  test('ranks words by their place in the vocabulary', () => {
    expect(encoder.wordRank('the')).toBeGreaterThan(0)
    expect(encoder.wordRank('the')).toBeLessThan(encoder.wordRank('weather'))
    expect(encoder.wordRank('weahter')).toBe(-1)
    expect(encoder.wordRank('')).toBe(-1)
  })

  test('has a lexicon of whole words, most frequent first', () => {
    expect(encoder.lexicon.slice(0, 3)).toEqual(['the', 'and', 'was'])
    expect(encoder.lexicon.length).toBeGreaterThan(20_000)
    const ranks = encoder.lexicon.map((word) => encoder.wordRank(word))
    expect(ranks.every((rank, at) => at === 0 || rank > ranks[at - 1]!)).toBe(true)
    expect(encoder.lexicon).not.toContain('##ing')
  })

  test('is loaded once for all callers', async () => {
    await expect(loadBuiltinEncoder()).resolves.toBe(encoder)
  })
})

describe('loading without a file system', () => {
  async function loadThrough(fetch: (url: URL) => Promise<Response>) {
    vi.resetModules()
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
    vi.stubGlobal('fetch', vi.fn(fetch))
    return (await import('./index.ts')).loadBuiltinEncoder
  }

  test('fetches the weights from beside the module', async () => {
    const load = await loadThrough(async (url) => {
      expect(url.pathname).toMatch(/\/encoders\/builtin\/model\/strata-encoder-1\.bin$/)
      return new Response(new Uint8Array(weights))
    })
    expect((await load()).encode('hello')).toEqual(encoder.encode('hello'))
  })

  test('says where it looked when there is nothing, and tries again at the next call', async () => {
    const answers = [new Response('', { status: 404 }), new Response(new Uint8Array(weights))]
    const load = await loadThrough(async () => answers.shift()!)
    const error = await load().catch((reason: unknown) => reason)
    expect(isStrataError(error) && error.code).toBe('file_not_found')
    expect(String(error)).toMatch(/strata-encoder-1\.bin, but the server answered 404/)
    expect((await load()).name).toBe('strata-encoder-1')
  })
})
