import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isStrataError } from '../../errors/index.ts'
import { createStaticEncoder, parseModelFile, verifyModelFile } from './index.ts'

interface SmallModel {
  readonly vocabulary: readonly string[]
  readonly vocabularySize: number
  readonly scale: number
}

const HEADER_END = 1_024
const DIMENSIONS = 16
const aligned = (length: number) => Math.ceil(length / 16) * 16

function writeHeader(bytes: Uint8Array, header: unknown): void {
  bytes.set(new TextEncoder().encode('SRENC001'))
  new DataView(bytes.buffer).setUint32(8, HEADER_END - 12, true)
  bytes.set(new TextEncoder().encode(JSON.stringify(header).padEnd(HEADER_END - 12)), 12)
}

/** A well-formed file, but for what `options` make of it. */
async function buildModelFile(options: Partial<SmallModel> = {}): Promise<Uint8Array> {
  const vocabulary = options.vocabulary ?? ['[UNK]', 'hello', 'world', '##s', 'é']
  const vocabularySize = options.vocabularySize ?? vocabulary.length
  const scales = new Float32Array(vocabularySize).fill(options.scale ?? 0.5)
  const rows = Int8Array.from({ length: vocabularySize * DIMENSIONS }, (_, at) => (at % 13) - 6)
  const contents = {
    vocabulary: new TextEncoder().encode(vocabulary.join('\n')),
    scales: new Uint8Array(scales.buffer),
    rows: new Uint8Array(rows.buffer),
  }
  const sections: Record<string, { offset: number; length: number }> = {}
  let end = HEADER_END
  for (const [name, content] of Object.entries(contents)) {
    sections[name] = { offset: end, length: content.length }
    end = aligned(end + content.length)
  }
  const bytes = new Uint8Array(end)
  const all = Object.values(contents).flatMap((content) => [...content])
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(all)))
  const fingerprint = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const description = {
    name: 'small',
    dimensions: DIMENSIONS,
    vocabularySize,
    unknownId: 0,
    maxWordLength: 20,
  }
  writeHeader(bytes, { ...description, sections, fingerprint, training: {} })
  for (const [name, content] of Object.entries(contents)) bytes.set(content, sections[name]!.offset)
  return bytes
}

async function alteredModelFile(change: Record<string, unknown>): Promise<Uint8Array> {
  const bytes = await buildModelFile()
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(12, HEADER_END))) as Record<
    string,
    unknown
  >
  writeHeader(bytes, { ...header, ...change })
  return bytes
}

function refusalOf(bytes: Uint8Array): string {
  try {
    createStaticEncoder(bytes)
  } catch (error) {
    if (isStrataError(error) && error.code === 'invalid_model') return error.message
    throw error
  }
  return 'accepted'
}

describe('a weights file', () => {
  test('gives its vocabulary, weights and description', async () => {
    const model = parseModelFile(await buildModelFile())
    expect(model).toMatchObject({ name: 'small', dimensions: 16, unknownId: 0, maxWordLength: 20 })
    expect(model.vocabulary).toEqual(['[UNK]', 'hello', 'world', '##s', 'é'])
    expect(model.rows.length).toBe(5 * 16)
    expect(model.scales.length).toBe(5 * 4)
  })

  test('is read the same inside a larger buffer', async () => {
    const bytes = await buildModelFile()
    const larger = new Uint8Array(bytes.length + 7)
    larger.set(bytes, 3)
    expect(createStaticEncoder(larger.subarray(3, 3 + bytes.length)).encode('hello')).toEqual(
      createStaticEncoder(bytes).encode('hello'),
    )
  })

  test.each<[string, Partial<SmallModel>, string]>([
    [
      'entries that are missing',
      { vocabulary: ['[UNK]', 'a'], vocabularySize: 3 },
      'has 2 entries instead of 3',
    ],
    ['an entry twice', { vocabulary: ['[UNK]', 'a', 'a'] }, 'entries 1 and 2 are the same: "a"'],
    ['an empty entry', { vocabulary: ['[UNK]', '', 'a'] }, 'entry 1 is empty'],
    ['a scale that is no number', { scale: Number.NaN }, 'the scale of entry 0 is NaN'],
    ['an infinite scale', { scale: Number.POSITIVE_INFINITY }, 'the scale of entry 0 is Infinity'],
  ])('is refused for %s', async (_, options, problem) => {
    expect(refusalOf(await buildModelFile(options))).toContain(problem)
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['no name', { name: '' }, 'name: expected a name, got ""'],
    ['dimensions', { dimensions: 20 }, 'dimensions: expected a multiple of 16 up to 4096, got 20'],
    [
      'missing dimensions',
      { dimensions: undefined },
      'dimensions: expected a multiple of 16 up to 4096, got nothing',
    ],
    ['its size', { vocabularySize: 1.5 }, 'vocabularySize: expected 1 to 1000000, got 1.5'],
    ['another size', { vocabularySize: 6 }, 'sections.scales.length: expected 24 bytes'],
    ['its unknown id', { unknownId: 5 }, 'unknownId: expected an id from 0 to 4, got 5'],
    ['its word length', { maxWordLength: 0 }, 'maxWordLength: expected 1 to 10000, got 0'],
    ['its fingerprint', { fingerprint: 'abc' }, 'fingerprint: expected 64 hexadecimal digits, got "abc"'],
    ['missing sections', { sections: null }, 'sections.rows.offset: expected a multiple of 16'],
    [
      'a section outside',
      { sections: { vocabulary: { offset: 1e9, length: 10 } } },
      'sections.vocabulary.offset: expected',
    ],
    [
      'a section that is not aligned',
      { sections: { vocabulary: { offset: 1032, length: 10 } } },
      'sections.vocabulary.offset: expected a multiple of 16',
    ],
    [
      'a section inside the header',
      { sections: { vocabulary: { offset: 16, length: 10 } } },
      'sections.vocabulary.offset: expected',
    ],
  ])('is refused for %s', async (_, change, problem) => {
    expect(refusalOf(await alteredModelFile(change))).toContain(problem)
  })

  test('has all that is wrong with its header in the details', async () => {
    const bytes = await alteredModelFile({ name: 3, unknownId: -1 })
    expect(() => parseModelFile(bytes)).toThrow(
      expect.objectContaining({
        details: [
          expect.objectContaining({ path: 'name', got: '3' }),
          expect.objectContaining({ path: 'unknownId', got: '-1' }),
        ],
      }),
    )
  })

  test('is refused when it is something else, or nothing', () => {
    expect(refusalOf(new Uint8Array(0))).toContain('it has only 0 bytes')
    expect(refusalOf(new TextEncoder().encode('<!doctype html><p>no</p>'))).toContain(
      'begins with "<!doctyp"',
    )
    const noJson = new TextEncoder().encode('SRENC001....{oops')
    noJson.set([4, 0, 0, 0], 8)
    expect(refusalOf(noJson.subarray(0, 16))).toContain('its header is not JSON')
    expect(refusalOf(new TextEncoder().encode('SRENC001\u0004\0\0\0null'))).toContain(
      'null instead of an object',
    )
  })

  test('is refused when its vocabulary is not UTF-8', async () => {
    const bytes = await buildModelFile()
    bytes[HEADER_END] = 0xff
    expect(refusalOf(bytes)).toContain('its vocabulary is not UTF-8')
  })

  test('is refused wherever it is cut off', async () => {
    const bytes = await buildModelFile()
    for (let length = 0; length < bytes.length - 16; length++) {
      expect(refusalOf(bytes.subarray(0, length))).not.toBe('accepted')
    }
  })

  test('is read or refused, never anything else, whatever bytes are changed', async () => {
    const bytes = await buildModelFile()
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const changed = bytes.slice()
          for (const [at, byte] of changes) changed[at] = byte
          expect(typeof refusalOf(changed)).toBe('string')
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test('is verified by its fingerprint', async () => {
    const bytes = await buildModelFile()
    await expect(verifyModelFile(bytes)).resolves.toBeUndefined()
    const { byteOffset } = parseModelFile(bytes).rows
    bytes[byteOffset - bytes.byteOffset] = 99
    await expect(verifyModelFile(bytes)).rejects.toThrow(
      /its contents have the fingerprint [0-9a-f]{64} instead of/,
    )
  })
})
