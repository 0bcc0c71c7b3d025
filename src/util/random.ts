/** A source of numbers in [0, 1), handed in wherever chance is needed so that every run can be repeated. */
export type Random = () => number

/** Small seeded generator (mulberry32, Tommy Ettinger, public domain algorithm): fast, 32-bit state, same everywhere. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Shuffles in place (Fisher and Yates) and returns the same array. */
export function shuffle<T extends { readonly length: number; [index: number]: number }>(
  items: T,
  random: Random,
): T {
  for (let last = items.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1))
    const kept = items[last]!
    items[last] = items[pick]!
    items[pick] = kept
  }
  return items
}
