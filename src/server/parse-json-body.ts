import { isUtf8 } from 'node:buffer'
import { StrataError } from '../errors/index.ts'

/** Deeper than any request needs, and far from the depth at which recursive code runs out of stack. */
const DEPTH_LIMIT = 64

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Parses a request body.
 * @throws StrataError `invalid_request` for bytes that are not UTF-8, text that is not JSON, nesting beyond 64
 */
export const parseJsonBody = (body: Buffer): unknown => parseJsonText(body).value

/** As `parseJsonBody`, with the text that was parsed. */
export function parseJsonText(body: Buffer): { readonly text: string; readonly value: unknown } {
  if (body.length === 0) {
    throw new StrataError('invalid_request', 'The body is empty; send a JSON object.')
  }
  if (!isUtf8(body))
    throw new StrataError('invalid_request', 'The body is not valid UTF-8; send JSON in UTF-8.')
  if (depthOf(body) > DEPTH_LIMIT) {
    throw new StrataError(
      'invalid_request',
      `The body is nested more than ${DEPTH_LIMIT} levels deep; flatten it.`,
    )
  }
  const text = body.toString('utf8')
  try {
    return { text, value: JSON.parse(text) }
  } catch (error) {
    throw new StrataError('invalid_request', `The body is not valid JSON: ${(error as Error).message}`)
  }
}

/** Most brackets open at once, outside strings; counted before parsing, so that nothing deep is ever built. */
function depthOf(body: Buffer): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let index = 0; index < body.length; index++) {
    const byte = body[index] as number
    if (inString) {
      if (byte === BACKSLASH) index++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > deepest) deepest = depth
    } else if (byte === 0x5d || byte === 0x7d) depth--
  }
  return deepest
}
