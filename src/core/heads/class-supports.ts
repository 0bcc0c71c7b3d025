import type { TrainingRows } from './softmax-regression.ts'

/** The sparse features that each class may have a weight for: class k those of ids[offsets[k]..offsets[k + 1]). */
export interface ClassSupports {
  readonly offsets: Int32Array
  readonly ids: Int32Array
}

/**
 * For each class the `most` features that are strongest in the mean of its rows.
 * Ties go to the feature with the smaller id.
 */
export function chooseSupports(rows: TrainingRows, most: number): ClassSupports {
  const rowsOf = rowsByClass(rows)
  const strengths = new Float32Array(rows.sparseSize)
  const offsets = new Int32Array(rows.classes + 1)
  const all: number[] = []
  for (let k = 0; k < rows.classes; k++) {
    const seen: number[] = []
    for (let place = rowsOf.offsets[k]!; place < rowsOf.offsets[k + 1]!; place++) {
      const row = rowsOf.rows[place]!
      for (let j = rows.offsets[row]!; j < rows.offsets[row + 1]!; j++) {
        const id = rows.ids[j]!
        if (strengths[id] === 0) seen.push(id)
        strengths[id] = strengths[id]! + rows.weights[row]! * rows.values[j]!
      }
    }
    seen.sort((a, b) => strengths[b]! - strengths[a]! || a - b)
    for (let i = 0; i < seen.length && i < most; i++) all.push(seen[i]!)
    for (const id of seen) strengths[id] = 0
    offsets[k + 1] = all.length
  }
  return { offsets, ids: Int32Array.from(all) }
}

/** Rows in order of class: those of class k are rows[offsets[k]..offsets[k + 1]). */
function rowsByClass({ count, classes, labels }: TrainingRows): {
  offsets: Int32Array
  rows: Int32Array
} {
  const offsets = new Int32Array(classes + 1)
  for (let row = 0; row < count; row++) offsets[labels[row]! + 1] = offsets[labels[row]! + 1]! + 1
  for (let k = 0; k < classes; k++) offsets[k + 1] = offsets[k + 1]! + offsets[k]!
  const next = offsets.slice()
  const sorted = new Int32Array(count)
  for (let row = 0; row < count; row++) {
    const place = next[labels[row]!]!
    sorted[place] = row
    next[labels[row]!] = place + 1
  }
  return { offsets, rows: sorted }
}
