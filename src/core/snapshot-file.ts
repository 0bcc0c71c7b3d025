import type { Encoder } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import { readSections, writeSections } from '../util/binary-sections.ts'
import { quickHash } from '../util/quick-hash.ts'
import { sha256 } from '../util/sha256.ts'
import type { SnapshotData } from './snapshot-data.ts'

const MAGIC = 'SRSNAP01'
// 2: nearness is that of the examples of four routes, by which calibration was fitted, not of eight.
const FORMAT_VERSION = 2
const DAMAGED = 'its content does not match its own hash, so it was damaged or changed'

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength)

/** A snapshot with what is known of it beside its content. */
interface NamedSnapshot {
  readonly snapshot: SnapshotData
  /** What names it in decisions, see `contentHash`. */
  readonly contentHash: string
  /** True for one that an edit made and no full fit yet replaced. */
  readonly provisional: boolean
}

/** A snapshot as bytes, with the vectors and the fingerprint of the encoder that made them. */
export function writeSnapshot({ snapshot, contentHash: name, provisional }: NamedSnapshot): Uint8Array {
  const header = { ...headerOf(snapshot), contentHash: name, provisional }
  return writeSections(MAGIC, { ...header, headerHash: sha256(jsonBytes(header)) }, sectionsOf(snapshot))
}

/**
 * What names a snapshot: a hash of everything that a decision depends on, and of whether it is provisional. That of a
 * provisional one, which an edit waits for, is quicker, and not such that nobody could forge it.
 */
export function contentHash(snapshot: SnapshotData, provisional: boolean): string {
  return hashingWith(provisional ? quickHash : sha256, naming(snapshot))
}

/** Work that is given the hash of whatever it yields, and may be left in between. */
type Hashing<Result> = Generator<Uint8Array, Result, string>

function hashingWith<Result>(hash: (bytes: Uint8Array) => string, work: Hashing<Result>): Result {
  let step = work.next()
  while (!step.done) step = work.next(hash(step.value))
  return step.value
}

function* naming(snapshot: SnapshotData): Hashing<string> {
  const { report: _, ...decides } = headerOf(snapshot)
  const hashes = [yield jsonBytes({ ...decides, thresholds: snapshot.report.thresholds })]
  for (const bytes of Object.values(sectionsOf(snapshot))) hashes.push(yield bytes)
  return sha256(new TextEncoder().encode(hashes.join(''))).slice(0, 32)
}

const jsonBytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

function headerOf(snapshot: SnapshotData) {
  return {
    formatVersion: FORMAT_VERSION,
    encoder: snapshot.encoder,
    routeSet: snapshot.routeSet,
    lexicalScale: snapshot.lexicalScale,
    calibration: snapshot.calibration,
    report: snapshot.report,
  }
}

function sectionsOf(snapshot: SnapshotData): Record<string, Uint8Array> {
  return {
    hashes: bytesOf(snapshot.vocabulary.hashes),
    inverseFrequencies: bytesOf(snapshot.vocabulary.inverseFrequencies),
    headValues: bytesOf(snapshot.head.values),
    headScales: bytesOf(snapshot.head.scales),
    postingOffsets: bytesOf(snapshot.postings.offsets),
    postingRoutes: bytesOf(snapshot.postings.routes),
    postingWeights: bytesOf(snapshot.postings.weights),
    postingShared: bytesOf(snapshot.postings.shared),
    exampleOffsets: bytesOf(snapshot.examples.offsets),
    exampleValues: bytesOf(snapshot.examples.vectors.values),
    exampleScales: bytesOf(snapshot.examples.vectors.scales),
    cohesion: bytesOf(snapshot.cohesion),
  }
}

/**
 * Reads what `writeSnapshot` wrote. Only the matrices and the lists of postings are views into `file`, for a scorer
 * to take them from there; what a scorer keeps as it is has been copied, so that it does not keep the file.
 * @throws StrataError `invalid_snapshot` for anything else, a damaged file included; `encoder_mismatch` when another
 *   encoder made it
 */
export function readSnapshot(file: Uint8Array, encoder: NamedEncoder): NamedSnapshot {
  return hashingWith(sha256, reading(file, encoder))
}

/**
 * As `readSnapshot`, with pauses.
 * @param sha256Of the SHA-256 in lower-case hexadecimal, of megabytes at most; other work gets its turn while it is waited for
 */
export async function readSnapshotInSteps(
  file: Uint8Array,
  encoder: NamedEncoder,
  sha256Of: (bytes: Uint8Array) => Promise<string>,
): Promise<NamedSnapshot> {
  const work = reading(file, encoder)
  let step = work.next()
  while (!step.done) step = work.next(await sha256Of(step.value))
  return step.value
}

type NamedEncoder = Pick<Encoder, 'name' | 'fingerprint'>

function* reading(file: Uint8Array, encoder: NamedEncoder): Hashing<NamedSnapshot> {
  const read = readSections(MAGIC, file)
  if (typeof read === 'string') throw invalid(read)
  const { headerHash, ...rest } = read.header
  if (rest.formatVersion !== FORMAT_VERSION) {
    throw invalid(
      `it has format version ${String(rest.formatVersion)}, and this release reads ${FORMAT_VERSION}`,
    )
  }
  if (headerHash !== (yield jsonBytes(rest))) throw invalid(DAMAGED)
  // The hash has just shown that this is the header as it was written.
  const header = rest as unknown as ReturnType<typeof headerOf> & Omit<NamedSnapshot, 'snapshot'>
  const made = header.encoder
  if (made.fingerprint !== encoder.fingerprint) {
    throw new StrataError(
      'encoder_mismatch',
      `The snapshot was made with the encoder ${made.name} (fingerprint ${made.fingerprint.slice(0, 12)}), but this router uses ${encoder.name} (${encoder.fingerprint.slice(0, 12)}): their vectors cannot be compared. Fit the route set again with this encoder, or load the snapshot with the one that made it.`,
    )
  }
  const section = (name: string) => {
    const bytes = read.sections[name]
    if (!bytes) throw invalid(`its section "${name}" is missing`)
    return bytes
  }
  const words = (name: string) => {
    const { buffer, byteOffset, length } = section(name)
    if (length % 4 !== 0)
      throw invalid(`its section "${name}" has ${length} bytes, which is not a multiple of 4`)
    return [buffer as ArrayBuffer, byteOffset, length / 4] as const
  }
  const floats = (name: string) => new Float32Array(...words(name))
  const ints = (name: string) => new Int32Array(...words(name))
  const signed = (name: string) => {
    const { buffer, byteOffset, length } = section(name)
    return new Int8Array(buffer as ArrayBuffer, byteOffset, length)
  }
  const dims = made.dimensions
  const snapshot: SnapshotData = {
    encoder: made,
    routeSet: header.routeSet,
    lexicalScale: header.lexicalScale,
    vocabulary: {
      hashes: ints('hashes').slice(),
      inverseFrequencies: floats('inverseFrequencies').slice(),
    },
    head: { dims, values: signed('headValues'), scales: floats('headScales').slice() },
    postings: {
      offsets: ints('postingOffsets'),
      routes: ints('postingRoutes'),
      weights: floats('postingWeights'),
      shared: floats('postingShared').slice(),
    },
    examples: {
      offsets: ints('exampleOffsets').slice(),
      vectors: { dims, values: signed('exampleValues'), scales: floats('exampleScales').slice() },
    },
    cohesion: floats('cohesion').slice(),
    calibration: header.calibration,
    report: header.report,
  }
  const name = header.provisional ? contentHash(snapshot, true) : yield* naming(snapshot)
  if (name !== header.contentHash) throw invalid(DAMAGED)
  return { snapshot, contentHash: header.contentHash, provisional: header.provisional }
}

function invalid(what: string): StrataError {
  return new StrataError(
    'invalid_snapshot',
    `This is not a snapshot that can be loaded: ${what}. Make it again with fit.`,
  )
}
