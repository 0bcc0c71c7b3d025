import { StrataError } from '../errors/index.ts'
import { readSections, writeSections } from '../util/binary-sections.ts'
import { sha256 } from '../util/sha256.ts'
import type { AskLine } from './ask-rule.ts'
import type { Join } from './cascade-join.ts'

const MAGIC = 'SRCASC01'
const FORMAT_VERSION = 2

/** What a cascade knows beside its two routers. */
export interface CascadeState extends AskLine {
  readonly join: Join
  /** Of routes without one of their own. */
  readonly threshold: number
}

interface CascadeFile {
  readonly state: CascadeState
  /** Snapshots of the routers. */
  readonly fast: Uint8Array
  readonly slow: Uint8Array
}

export function writeCascade({ state, fast, slow }: CascadeFile): Uint8Array {
  return writeSections(
    MAGIC,
    { formatVersion: FORMAT_VERSION, state, stateHash: hashOf(state) },
    { fast, slow },
  )
}

/** @throws StrataError `invalid_snapshot` for anything that `writeCascade` did not write; the snapshots check themselves */
export function readCascade(file: Uint8Array): CascadeFile {
  const read = readSections(MAGIC, file)
  if (typeof read === 'string') throw invalid(read)
  const { formatVersion, state, stateHash } = read.header
  if (formatVersion !== FORMAT_VERSION) {
    throw invalid(`it has format version ${String(formatVersion)}, and this release reads ${FORMAT_VERSION}`)
  }
  const { fast, slow } = read.sections
  if (!fast || !slow || stateHash !== hashOf(state)) throw invalid('it was damaged or changed')
  // The hash has just shown that this is the state as it was written.
  return { state: state as CascadeState, fast: fast.slice(), slow: slow.slice() }
}

const hashOf = (state: unknown) => sha256(new TextEncoder().encode(JSON.stringify(state) ?? ''))

function invalid(what: string): StrataError {
  return new StrataError(
    'invalid_snapshot',
    `This is not a cascade that can be loaded: ${what}. Make it again and save it.`,
  )
}
