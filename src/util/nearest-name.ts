/**
 * The known name most like `name`, or undefined when none is near enough to be worth suggesting.
 * Case, `-`, `_` and spaces do not count as differences; of equally near names the first wins.
 * @param maxDistance single-character edits allowed, integer >= 0; default a third of the name's length, 1 to 4
 * @remarks O(known × length × maxDistance); names longer than 128 characters get no suggestion. Never throws.
 */
export function nearestName(name: string, known: Iterable<string>, maxDistance?: number): string | undefined {
  if (name.length > MAX_NAME_LENGTH) return undefined
  const wanted = plain(name)
  const allowed = maxDistance ?? Math.min(4, Math.max(1, Math.floor(wanted.length / 3)))
  let nearest: string | undefined
  let nearestDistance = allowed + 1
  for (const candidate of known) {
    const distance = boundedEditDistance(wanted, plain(candidate), nearestDistance - 1)
    if (distance < nearestDistance) {
      nearest = candidate
      nearestDistance = distance
      if (distance === 0) break
    }
  }
  return nearest
}

/**
 * Single-character insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`,
 * or `limit + 1` when more than `limit` are needed.
 * @param limit integer >= -1
 * @remarks Only the band of cells within `limit` of the diagonal is computed.
 */
export function boundedEditDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  const width = b.length + 1
  let beforePrevious = new Int32Array(width)
  let previous = Int32Array.from({ length: width }, (_, column) => column)
  let current = new Int32Array(width)
  for (let row = 1; row <= a.length; row++) {
    const from = Math.max(1, row - limit)
    const to = Math.min(b.length, row + limit)
    current.fill(limit + 1)
    if (from === 1) current[0] = row
    let smallest = current[0]!
    for (let column = from; column <= to; column++) {
      const same = a[row - 1] === b[column - 1]
      let cost = Math.min(
        previous[column - 1]! + (same ? 0 : 1),
        previous[column]! + 1,
        current[column - 1]! + 1,
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, beforePrevious[column - 2]! + 1)
      }
      current[column] = cost
      smallest = Math.min(smallest, cost)
    }
    if (smallest > limit) return limit + 1
    ;[beforePrevious, previous, current] = [previous, current, beforePrevious]
  }
  return Math.min(previous[b.length]!, limit + 1)
}

const MAX_NAME_LENGTH = 128

const plain = (name: string): string => name.slice(0, MAX_NAME_LENGTH).toLowerCase().replace(/[-_ ]/g, '')
