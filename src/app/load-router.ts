import { createHash } from 'node:crypto'
import type { Encoder } from '../contracts/index.ts'
import { Router } from '../core/index.ts'

/** Takes about a millisecond to hash. */
const PART_BYTES = 2 * 1024 * 1024

/**
 * A router from a snapshot, made in steps of a few milliseconds, so that decisions go on meanwhile.
 * @param before a router of the same encoder for a similar set, from which words are taken
 * @throws StrataError as `Router.load`
 */
export async function loadRouter(bytes: Uint8Array, encoder: Encoder, before?: Router): Promise<Router> {
  const router = await Router.loadInSteps(bytes, encoder, { sha256: sha256InTurns, before })
  await nextTurn()
  return router
}

/** Each part in a turn of the event loop, and what is done with the hash in another. */
async function sha256InTurns(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256')
  for (let start = 0; start < bytes.length; start += PART_BYTES) {
    hash.update(bytes.subarray(start, start + PART_BYTES))
    await nextTurn()
  }
  return hash.digest('hex')
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
