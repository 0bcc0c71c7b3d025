import type { AsyncEncoder, EncodeOptions, Encoder } from '../contracts/index.ts'

const speakers = new WeakMap<AsyncEncoder, WeakMap<Encoder, AsyncEncoder>>()

/** The slower encoder with the words of the faster one's language, unless it knows words itself; one for all sets. */
export function withWordsOf(fast: Encoder, slow: AsyncEncoder): AsyncEncoder {
  const known = speakers.get(slow) ?? new WeakMap<Encoder, AsyncEncoder>()
  speakers.set(slow, known)
  const lexicon = slow.lexicon ?? fast.lexicon
  const speaker = known.get(fast) ?? {
    name: slow.name,
    dimensions: slow.dimensions,
    fingerprint: slow.fingerprint,
    encodeMany: (texts: readonly string[], options?: EncodeOptions) => slow.encodeMany(texts, options),
    ...(lexicon ? { lexicon } : {}),
  }
  known.set(fast, speaker)
  return speaker
}
