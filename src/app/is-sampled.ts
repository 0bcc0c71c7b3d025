/**
 * Whether an id belongs to the sample of a share of all ids; the same for everyone who asks.
 * @param rate 0..1; of many ids this share is in the sample, and an id in it is in every larger one
 * @see FNV-1a (Fowler, Noll, Vo), finished as MurmurHash3 does, since ids often differ only at their end
 */
export function isSampled(id: string, rate: number): boolean {
  if (rate <= 0) return false
  if (rate >= 1) return true
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296 < rate
}
