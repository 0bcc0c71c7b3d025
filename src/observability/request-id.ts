import { randomBytes } from 'node:crypto'

const TAKEN = /^[A-Za-z0-9._:-]{1,128}$/

/** Makes identifiers that are unique across processes: 64 random bits drawn once, then a counter. */
export function createIdSource(kind: string): () => string {
  const start = `${kind}_${randomBytes(8).toString('hex')}`
  let count = 0
  return () => `${start}${(count++).toString(36).padStart(6, '0')}`
}

/** The caller's request id when it is short and plain enough to be logged and sent back, otherwise undefined. */
export function acceptableRequestId(header: unknown): string | undefined {
  return typeof header === 'string' && TAKEN.test(header) ? header : undefined
}
