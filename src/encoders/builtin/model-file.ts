import { type ErrorDetail, StrataError } from '../../errors/index.ts'

/** The contents of a weights file; the arrays are views into its bytes. */
export interface ModelFile {
  readonly name: string
  /** Length of every vector, a multiple of 16. */
  readonly dimensions: number
  /** Token entries; the place is the id. Read from the bytes at each access, as it is seldom needed: about 2 ms. */
  readonly vocabulary: readonly string[]
  readonly unknownId: number
  readonly maxWordLength: number
  /** float32 little-endian, one an entry. */
  readonly scales: Uint8Array
  /** int8, `dimensions` an entry; an entry's vector is scale * row. */
  readonly rows: Uint8Array
  /** SHA-256 of vocabulary, scales and rows, hex. */
  readonly fingerprint: string
}

interface Section {
  readonly offset: number
  readonly length: number
}

interface Header {
  readonly name: string
  readonly dimensions: number
  readonly vocabularySize: number
  readonly unknownId: number
  readonly maxWordLength: number
  readonly fingerprint: string
  readonly sections: { readonly vocabulary: Section; readonly scales: Section; readonly rows: Section }
}

const MAGIC = 'SRENC001'
const PREFIX_BYTES = MAGIC.length + 4
const ALIGNMENT = 16
const SECTION_NAMES = ['vocabulary', 'scales', 'rows'] as const
const HIGHEST = { dimensions: 4_096, vocabularySize: 1_000_000, maxWordLength: 10_000 }

const fail = (problem: string, details: readonly ErrorDetail[] = []): never => {
  throw new StrataError(
    'invalid_model',
    `Expected a weights file of the built-in encoder, but ${problem}. Install the package again, or fetch the file again.`,
    { details },
  )
}

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})
const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80))

/** Everything that is wrong with the header of a file of `fileBytes` whose sections begin at `sectionsStart` or later. */
function headerProblems(header: Fields, sectionsStart: number, fileBytes: number): ErrorDetail[] {
  const problems: ErrorDetail[] = []
  const expect = (path: string, value: unknown, holds: boolean, expected: string) => {
    if (!holds) problems.push({ path, message: `expected ${expected}`, got: shown(value) })
  }
  const isWhole = (value: unknown, least: number, most: number): value is number =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most

  const { name, dimensions, vocabularySize, unknownId, maxWordLength, fingerprint } = header
  expect('name', name, typeof name === 'string' && name !== '', 'a name')
  expect(
    'dimensions',
    dimensions,
    isWhole(dimensions, 16, HIGHEST.dimensions) && dimensions % 16 === 0,
    `a multiple of 16 up to ${HIGHEST.dimensions}`,
  )
  const sizeHolds = isWhole(vocabularySize, 1, HIGHEST.vocabularySize)
  expect('vocabularySize', vocabularySize, sizeHolds, `1 to ${HIGHEST.vocabularySize}`)
  const highestId = sizeHolds ? vocabularySize - 1 : HIGHEST.vocabularySize
  expect('unknownId', unknownId, isWhole(unknownId, 0, highestId), `an id from 0 to ${highestId}`)
  expect(
    'maxWordLength',
    maxWordLength,
    isWhole(maxWordLength, 1, HIGHEST.maxWordLength),
    `1 to ${HIGHEST.maxWordLength}`,
  )
  expect(
    'fingerprint',
    fingerprint,
    typeof fingerprint === 'string' && /^[0-9a-f]{64}$/.test(fingerprint),
    '64 hexadecimal digits',
  )

  const lengths = {
    vocabulary: undefined,
    scales: sizeHolds ? vocabularySize * 4 : undefined,
    rows: sizeHolds && typeof dimensions === 'number' ? vocabularySize * dimensions : undefined,
  }
  let end = sectionsStart
  for (const section of SECTION_NAMES) {
    const { offset, length } = fieldsOf(fieldsOf(header.sections)[section])
    const path = `sections.${section}`
    const wanted = lengths[section]
    const offsetHolds = isWhole(offset, end, fileBytes) && offset % ALIGNMENT === 0
    expect(`${path}.offset`, offset, offsetHolds, `a multiple of ${ALIGNMENT} from ${end} to ${fileBytes}`)
    const most = offsetHolds ? fileBytes - offset : fileBytes
    const lengthHolds = isWhole(length, 1, most) && (wanted === undefined || length === wanted)
    expect(
      `${path}.length`,
      length,
      lengthHolds,
      `${wanted ?? '1 or more'} bytes, of which ${most} are there`,
    )
    if (offsetHolds && lengthHolds) end = offset + length
  }
  return problems
}

function readHeader(bytes: Uint8Array): Header {
  if (bytes.length < PREFIX_BYTES) fail(`it has only ${bytes.length} bytes`)
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length))
  if (magic !== MAGIC) fail(`it begins with ${JSON.stringify(magic)} instead of "${MAGIC}"`)
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true)
  const end = PREFIX_BYTES + length
  if (end > bytes.length) fail(`it ends after ${bytes.length} bytes, inside its header of ${length} bytes`)
  if (end % ALIGNMENT !== 0) fail(`its header ends at byte ${end}, which is no multiple of ${ALIGNMENT}`)
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(PREFIX_BYTES, end)))
  } catch (error) {
    fail(`its header is not JSON (${error instanceof Error ? error.message : String(error)})`)
  }
  if (!isFields(header)) return fail(`its header is ${shown(header)} instead of an object`)
  const problems = headerProblems(header, end, bytes.length)
  if (problems.length > 0) {
    const list = problems.map(({ path, message, got }) => `${path}: ${message}, got ${got}`).join('; ')
    fail(`its header is wrong: ${list}`, problems)
  }
  // Every field has just been checked.
  return header as unknown as Header
}

const sectionOf = (bytes: Uint8Array, { offset, length }: Section) => bytes.subarray(offset, offset + length)

function readVocabulary(bytes: Uint8Array, header: Header): readonly string[] {
  let text = ''
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      sectionOf(bytes, header.sections.vocabulary),
    )
  } catch {
    fail('its vocabulary is not UTF-8')
  }
  const vocabulary = text.split('\n')
  if (vocabulary.length !== header.vocabularySize) {
    fail(`its vocabulary has ${vocabulary.length} entries instead of ${header.vocabularySize}`)
  }
  return vocabulary
}

function checkScales(scales: Uint8Array): void {
  const view = new DataView(scales.buffer, scales.byteOffset, scales.byteLength)
  for (let offset = 0; offset < scales.byteLength; offset += 4) {
    const scale = view.getFloat32(offset, true)
    if (!Number.isFinite(scale)) fail(`the scale of entry ${offset / 4} is ${scale}`)
  }
}

/**
 * Reads a weights file and checks everything but the fingerprint.
 * @throws StrataError `invalid_model`, saying all that is wrong with the header, or what is wrong with the contents
 * @remarks About 5 ms for 8 MB; copies nothing. The format is in README.md.
 */
export function parseModelFile(bytes: Uint8Array): ModelFile {
  const header = readHeader(bytes)
  const scales = sectionOf(bytes, header.sections.scales)
  checkScales(scales)
  readVocabulary(bytes, header)
  return {
    name: header.name,
    dimensions: header.dimensions,
    get vocabulary() {
      return readVocabulary(bytes, header)
    },
    unknownId: header.unknownId,
    maxWordLength: header.maxWordLength,
    scales,
    rows: sectionOf(bytes, header.sections.rows),
    fingerprint: header.fingerprint,
  }
}

/**
 * Checks the contents of a weights file against its fingerprint.
 * @throws StrataError `invalid_model` when they differ or the file is malformed; `internal` where there is no Web Crypto
 * @remarks About 20 ms for 8 MB, so loading leaves it out.
 */
export async function verifyModelFile(bytes: Uint8Array): Promise<void> {
  const { sections, fingerprint } = readHeader(bytes)
  if (globalThis.crypto?.subtle === undefined) {
    throw new StrataError(
      'internal',
      'Expected Web Crypto to verify the weights, but it is missing. Browsers offer it only on pages served by HTTPS.',
    )
  }
  const contents = new Uint8Array(SECTION_NAMES.reduce((sum, name) => sum + sections[name].length, 0))
  let end = 0
  for (const name of SECTION_NAMES) {
    contents.set(sectionOf(bytes, sections[name]), end)
    end += sections[name].length
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', contents))
  const actual = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  if (actual !== fingerprint) fail(`its contents have the fingerprint ${actual} instead of ${fingerprint}`)
}
