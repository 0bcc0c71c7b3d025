import type { CredentialHeaders } from '../../app/index.ts'

/** What the head of a plain request says. */
export interface PlainHead {
  readonly path: string
  readonly host: string
  /** As sent; it may not be fit to be used. */
  readonly requestId: string | undefined
  /** Where a key may be. */
  readonly credentials: CredentialHeaders
  /** Bytes of the body, more than 0. */
  readonly bodyBytes: number
}

const REQUEST_LINE = /^POST (\/[!-~]*) HTTP\/1\.1$/
const HEADER = /^([A-Za-z0-9-]+):[ \t]*([!-~](?:[ -~]*[!-~])?)$/
const LENGTH = /^[1-9][0-9]{0,8}$/
const JSON_TYPES: ReadonlySet<string> = new Set(['application/json', 'application/json; charset=utf-8'])

/** Headers that change how a request is read or answered; one that has any of them is not plain. */
const CHANGING: ReadonlySet<string> = new Set([
  'content-encoding',
  'expect',
  'http2-settings',
  'keep-alive',
  'origin',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Reads the head of a request that has nothing unusual about it: a POST over HTTP/1.1 on a connection that stays open,
 * with JSON of a stated length. Null for every other, and for what is not HTTP at all.
 * @param head the request line and the header lines, without the empty line, decoded as Latin-1
 */
export function parsePlainHead(head: string): PlainHead | null {
  const [requestLine, ...lines] = head.split('\r\n')
  const path = REQUEST_LINE.exec(requestLine as string)?.[1]
  if (path === undefined) return null
  const known = {
    host: '',
    'content-type': '',
    'content-length': '',
    'x-request-id': '',
    authorization: '',
    'x-api-key': '',
  }
  for (const line of lines) {
    const [, written = '', value = ''] = HEADER.exec(line) ?? []
    const name = written.toLowerCase()
    if (name === '' || CHANGING.has(name)) return null
    if (name === 'connection') {
      if (value.toLowerCase() !== 'keep-alive') return null
    } else if (Object.hasOwn(known, name)) {
      if (known[name as keyof typeof known] !== '') return null
      known[name as keyof typeof known] = value
    }
  }
  const { host, 'content-type': type, 'content-length': length, 'x-request-id': requestId } = known
  if (host === '' || !JSON_TYPES.has(type) || !LENGTH.test(length)) return null
  return {
    path,
    host,
    requestId: requestId === '' ? undefined : requestId,
    credentials: {
      ...(known.authorization === '' ? {} : { authorization: known.authorization }),
      ...(known['x-api-key'] === '' ? {} : { 'x-api-key': known['x-api-key'] }),
    },
    bodyBytes: Number(length),
  }
}

/** Longer heads are parsed each time. */
const LONGEST_KEPT = 512
const MOST_KEPT = 256

/** Keeps what the last few hundred different heads say, as those of one client differ in little but the length of the body. */
export function rememberHeads(parse = parsePlainHead): (head: string) => PlainHead | null {
  const kept = new Map<string, PlainHead>()
  return (head) => {
    const known = kept.get(head)
    if (known !== undefined) return known
    const parsed = parse(head)
    if (parsed === null || head.length > LONGEST_KEPT) return parsed
    if (kept.size === MOST_KEPT) kept.clear()
    kept.set(head, parsed)
    return parsed
  }
}
