/** Rows of int8 with one scale each: row i is scales[i] * values[i * dims .. (i + 1) * dims). */
export interface QuantisedRows {
  readonly dims: number
  readonly values: Int8Array
  readonly scales: Float32Array
}

/**
 * Quantises rows of `dims` numbers, all or those picked, in the order of `picks`; an error of at most half a step, a
 * step being max|x| / 127 of the row.
 */
export function quantiseRows(rows: Float32Array, dims: number, picks?: ArrayLike<number>): QuantisedRows {
  const count = picks ? picks.length : rows.length / dims
  const values = new Int8Array(count * dims)
  const scales = new Float32Array(count)
  for (let place = 0; place < count; place++) {
    const start = (picks ? picks[place]! : place) * dims
    let largest = 0
    for (let d = start; d < start + dims; d++) largest = Math.max(largest, Math.abs(rows[d]!))
    if (largest === 0) continue
    const scale = Math.fround(largest / 127)
    scales[place] = scale
    for (let d = 0; d < dims; d++) values[place * dims + d] = Math.round(rows[start + d]! / scale)
  }
  return { dims, values, scales }
}

/** Sum of the values of each row, without its scale. */
export function rowSums({ values, scales, dims }: QuantisedRows): Int32Array {
  return Int32Array.from(scales, (_, row) => {
    let sum = 0
    for (let d = row * dims; d < (row + 1) * dims; d++) sum += values[d]!
    return sum
  })
}
