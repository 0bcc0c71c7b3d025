import { hash, randomBytes } from 'node:crypto'
import type { ApiKeySettings, StoredApiKey } from '../contracts/index.ts'
import { checkKeySettings } from './check-key-settings.ts'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Of base 62 for 256 bits. */
const SECRET_DIGITS = 43
const ID_DIGITS = 16
/** `sr_` and 36 of the 256 bits, by which a key is known again. */
const PREFIX_CHARACTERS = 9

/** A key and its secret, which is in no other place and never again to be had. */
interface NewApiKey {
  readonly key: StoredApiKey
  /** `sr_` and 43 letters and digits that hold 256 random bits. */
  readonly secret: string
}

/**
 * Draws a key.
 * @param now milliseconds since the epoch
 * @throws StrataError `invalid_request` with everything that is wrong with the settings
 */
export function newApiKey(settings: ApiKeySettings, now: number): NewApiKey {
  checkKeySettings(settings, now)
  const secret = `sr_${base62(randomBytes(32), SECRET_DIGITS)}`
  return {
    secret,
    key: {
      ...settings,
      id: `key_${base62(randomBytes(12), ID_DIGITS + 1).slice(-ID_DIGITS)}`,
      prefix: secret.slice(0, PREFIX_CHARACTERS),
      hash: hashOfSecret(secret),
      createdAt: now,
      revokedAt: null,
      lastUsedAt: null,
    },
  }
}

/** By which a key is looked up: with 256 random bits a plain hash cannot be turned back, nor the time of a look-up tell anything. */
export function hashOfSecret(secret: string): string {
  return hash('sha256', secret, 'base64url')
}

/** A number of the bytes, the first ones weighing most, with so many digits at least. */
function base62(bytes: Uint8Array, digits: number): string {
  let rest = 0n
  for (const byte of bytes) rest = rest * 256n + BigInt(byte)
  let text = ''
  for (; rest > 0n; rest /= 62n) text = DIGITS.charAt(Number(rest % 62n)) + text
  return text.padStart(digits, '0')
}
