/** Characters that are looked at; what follows rarely tells two messages apart. */
const LOOKED_AT = 512

/**
 * Whether a message belongs to a share of all messages. The same message always does or never does.
 * @param share 0..1
 * @param salt another one picks other messages; an integer
 * @remarks FNV-1a with the finish of MurmurHash3, of at most 512 characters and the length.
 */
export function isInShare(message: string, share: number, salt: number): boolean {
  let hash = (0x811c9dc5 ^ salt) | 0
  const end = Math.min(message.length, LOOKED_AT)
  for (let index = 0; index < end; index++) hash = Math.imul(hash ^ message.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ message.length, 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000 < share
}
