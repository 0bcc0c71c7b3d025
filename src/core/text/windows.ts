import type { Segment } from './segments.ts'
import { splitWords } from './words.ts'

// A stretch of this many words without a boundary is more than one request usually takes.
const LONG_SEGMENT_WORDS = 14
const WINDOW_WORDS = 8
const STRIDE_WORDS = 3
const MOST_PARTS = 40

/**
 * The segments of a message, and overlapping windows of those that are so long that a boundary may be missing in them:
 * people do not punctuate. At most 40 parts in all, the segments first.
 * @param words how many the message has
 * @remarks Linear in the text.
 */
export function withWindows(segments: readonly Segment[], words: number): readonly Segment[] {
  if (words <= LONG_SEGMENT_WORDS) return segments
  const parts = [...segments]
  for (const segment of segments) {
    if (parts.length >= MOST_PARTS) break
    const { starts, ends } = splitWords(segment.text)
    if (starts.length <= LONG_SEGMENT_WORDS) continue
    for (let first = 0; parts.length < MOST_PARTS; first += STRIDE_WORDS) {
      const last = Math.min(first + WINDOW_WORDS, starts.length) - 1
      const start = starts[first]!
      const end = ends[last]!
      parts.push({
        text: segment.text.slice(start, end),
        start: segment.start + start,
        end: segment.start + end,
      })
      if (last === starts.length - 1) break
    }
  }
  return parts
}
