import { randomBytes } from 'node:crypto'

const TAKEN = /^[A-Za-z0-9._:-]{1,128}$/

const BASE = 36
/** The last two digits, as most identifiers differ from the one before in nothing else. */
const ENDINGS = Array.from({ length: BASE ** 2 }, (_, i) => i.toString(BASE).padStart(2, '0'))

/** Makes identifiers that are unique across processes: 64 random bits drawn once, then a counter. */
export function createIdSource(kind: string): () => string {
  const start = `${kind}_${randomBytes(8).toString('hex')}`
  let count = 0
  let beginning = ''
  return () => {
    const ending = count % ENDINGS.length
    if (ending === 0)
      beginning =
        start +
        Math.floor(count / ENDINGS.length)
          .toString(BASE)
          .padStart(4, '0')
    count++
    return beginning + (ENDINGS[ending] as string)
  }
}

/** The caller's request id when it is short and plain enough to be logged and sent back, otherwise undefined. */
export function acceptableRequestId(header: unknown): string | undefined {
  return typeof header === 'string' && TAKEN.test(header) ? header : undefined
}
