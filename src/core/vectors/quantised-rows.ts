/** Rows of int8 with one scale each: row i is scales[i] * values[i * dims .. (i + 1) * dims). */
export interface QuantisedRows {
  readonly dims: number
  readonly values: Int8Array
  readonly scales: Float32Array
}

/** Quantises `count` rows of `dims` numbers; an error of at most half a step, a step being max|x| / 127 of the row. */
export function quantiseRows(rows: Float32Array, dims: number): QuantisedRows {
  const count = rows.length / dims
  const values = new Int8Array(rows.length)
  const scales = new Float32Array(count)
  for (let row = 0; row < count; row++) {
    let largest = 0
    for (let d = row * dims; d < (row + 1) * dims; d++) largest = Math.max(largest, Math.abs(rows[d]!))
    if (largest === 0) continue
    const scale = Math.fround(largest / 127)
    scales[row] = scale
    for (let d = row * dims; d < (row + 1) * dims; d++) values[d] = Math.round(rows[d]! / scale)
  }
  return { dims, values, scales }
}
