import type { Candidate, Decision } from '../../contracts/index.ts'

/** JSON that writes itself as bytes, without a string in between. */
export interface JsonBytes {
  /** At least as many bytes as it takes. */
  readonly mostBytes: number
  /** @returns where it ends */
  writeTo(bytes: Buffer, at: number): number
  /** The same as text. */
  toString(): string
}

/** Digits of a confidence or a score; a decision rounds them to as many. */
const MILLION = 1_000_000
// What a decision, or a candidate, takes beside its names: keys, and numbers of up to 25 characters.
const LONGEST_FRAME = 256
// A unit that JSON has to escape becomes six.
const MOST_BYTES_A_UNIT = 6
const MOST_KEPT = 4096

const ZERO = 0x30
const POINT = 0x2e
const MINUS = 0x2d

const bytesOf = (text: string) => Buffer.from(text)

/** Bytes by what they are made of, so many that the routes of a set are all there; more start afresh. */
function remember<Key>(make: (key: Key) => Buffer): (key: Key) => Buffer {
  const kept = new Map<Key, Buffer>()
  return (key) => {
    let bytes = kept.get(key)
    if (bytes === undefined) {
      bytes = make(key)
      if (kept.size === MOST_KEPT) kept.clear()
      kept.set(key, bytes)
    }
    return bytes
  }
}

const candidateStart = remember((route: string) => bytesOf(`{"route":${JSON.stringify(route)},"confidence":`))
const routeStart = remember((route: string | null) =>
  bytesOf(`","route":${JSON.stringify(route)},"confidence":`),
)
const thresholdOf = remember((threshold: number) => bytesOf(`,"threshold":${threshold}`))
const reasonOf = remember((reason: string) => bytesOf(`,"reason":"${reason}","candidates":[`))
const metadataOf = new WeakMap<object, Buffer>()
const snapshotOf = remember((snapshot: string) => bytesOf(`,"snapshot":"${snapshot}","latencyUs":`))
const ID = bytesOf('{"id":"')
const OUT_OF_SCOPE = bytesOf(',"outOfScope":')
const SCORE = bytesOf(',"score":')
const METADATA = bytesOf('],"metadata":')

function metadataBytes(metadata: Decision['metadata']): Buffer {
  let bytes = metadataOf.get(metadata)
  if (bytes === undefined) {
    bytes = bytesOf(JSON.stringify(metadata))
    metadataOf.set(metadata, bytes)
  }
  return bytes
}

/** Fields beyond those that every decision has. */
const isPlain = (decision: Decision) =>
  decision.intents === undefined &&
  decision.explanation === undefined &&
  decision.encoder === undefined &&
  decision.asked === undefined

/** A decision as JSON with its id in front: the bytes of `JSON.stringify`, in a third of the time where it is a plain one. */
export class DecisionJson implements JsonBytes {
  readonly #id: string
  readonly #decision: Decision
  /** The JSON where it is not written by hand. */
  readonly #text: string | null

  /** @param id of ASCII, with nothing that JSON escapes */
  constructor(id: string, decision: Decision) {
    this.#id = id
    this.#decision = decision
    this.#text = isPlain(decision) ? null : this.toString()
  }

  toString(): string {
    return `{"id":"${this.#id}",${JSON.stringify(this.#decision).slice(1)}`
  }

  get mostBytes(): number {
    if (this.#text !== null) return 3 * this.#text.length
    const { route, candidates, metadata, snapshot } = this.#decision
    let most = LONGEST_FRAME + MOST_BYTES_A_UNIT * (this.#id.length + (route?.length ?? 4) + snapshot.length)
    for (const candidate of candidates) most += LONGEST_FRAME + MOST_BYTES_A_UNIT * candidate.route.length
    return most + metadataBytes(metadata).length
  }

  writeTo(bytes: Buffer, at: number): number {
    if (this.#text !== null) return at + bytes.write(this.#text, at, 'utf8')
    const { route, confidence, outOfScope, threshold, reason, candidates, metadata, snapshot, latencyUs } =
      this.#decision
    let end = put(bytes, at, ID)
    end = put(bytes, end + bytes.write(this.#id, end, 'latin1'), routeStart(route))
    end = putNumber(bytes, end, confidence)
    end = put(bytes, end, OUT_OF_SCOPE)
    end = putNumber(bytes, end, outOfScope)
    end = put(bytes, end, thresholdOf(threshold))
    end = put(bytes, end, reasonOf(reason))
    for (let i = 0; i < candidates.length; i++) {
      if (i > 0) bytes[end++] = 0x2c
      end = putCandidate(bytes, end, candidates[i] as Candidate)
    }
    end = put(bytes, end, METADATA)
    end = put(bytes, end, metadataBytes(metadata))
    end = put(bytes, end, snapshotOf(snapshot))
    end = putNumber(bytes, end, latencyUs)
    bytes[end++] = 0x7d
    return end
  }
}

function putCandidate(bytes: Buffer, at: number, { route, confidence, score }: Candidate): number {
  let end = put(bytes, at, candidateStart(route))
  end = putNumber(bytes, end, confidence)
  end = put(bytes, end, SCORE)
  end = putNumber(bytes, end, score)
  bytes[end++] = 0x7d
  return end
}

function put(bytes: Buffer, at: number, piece: Buffer): number {
  bytes.set(piece, at)
  return at + piece.length
}

/** A number as JSON has it; by hand where it has at most six decimals, as nearly all have. */
function putNumber(bytes: Buffer, at: number, number: number): number {
  const size = Math.abs(number)
  const millionths = Math.round(size * MILLION)
  // Up to 2^31 the parts are small integers, and a number is that of its decimals when it is nearest to them.
  if (size >= 2_147 || millionths / MILLION !== size)
    return at + bytes.write(JSON.stringify(number), at, 'latin1')
  let end = at
  if (number < 0) bytes[end++] = MINUS
  const whole = Math.floor(millionths / MILLION)
  end = putInteger(bytes, end, whole)
  const rest = millionths - whole * MILLION
  if (rest === 0) return end
  bytes[end++] = POINT
  end = putThousandths(bytes, putThousandths(bytes, end, Math.floor(rest / 1000)), rest % 1000)
  while (bytes[end - 1] === ZERO) end--
  return end
}

/** The three digits of each whole number below 1,000. */
const THOUSANDTHS = Uint8Array.from({ length: 3000 }, (_, i) => {
  const number = Math.floor(i / 3)
  return ZERO + (Math.floor(number / 10 ** (2 - (i % 3))) % 10)
})

function putThousandths(bytes: Buffer, at: number, number: number): number {
  const from = 3 * number
  bytes[at] = THOUSANDTHS[from] as number
  bytes[at + 1] = THOUSANDTHS[from + 1] as number
  bytes[at + 2] = THOUSANDTHS[from + 2] as number
  return at + 3
}

function putInteger(bytes: Buffer, at: number, integer: number): number {
  let digits = 1
  for (let power = 10; power <= integer; power *= 10) digits++
  let rest = integer
  for (let place = at + digits - 1; place >= at; place--) {
    const tenth = Math.floor(rest / 10)
    bytes[place] = ZERO + rest - tenth * 10
    rest = tenth
  }
  return at + digits
}
