/**
 * Numeric kernels over one block of memory. Arguments that are addresses are byte offsets from `allocate`.
 * WASM SIMD where the platform has it, else plain TypeScript; both give the same bits.
 */
export interface KernelOperations {
  /** out[dims] f32 = unit-length sum over ids[count] i32 of scales[id] f32 * rows[id][dims] i8. `dims` a multiple of 8. */
  poolRows(ids: number, count: number, rows: number, scales: number, dims: number, out: number): void
  /** Scales vector[dims] f32 to unit length in place; the zero vector stays zero. */
  normalise(vector: number, dims: number): void
  /**
   * A query made of vector[dims] f32 in -1..1, times 8191, to nearest even. `out` takes as many bytes as `queryBytes`
   * says; what is in them is the kernels' own affair.
   */
  quantise(vector: number, dims: number, out: number): void
  /** out[count] f64 = query · rows[count][dims] i8 * scales[count] f32 / 8191; sums[count] i32 those of the rows. */
  scoreRows(
    query: number,
    rows: number,
    count: number,
    dims: number,
    scales: number,
    sums: number,
    out: number,
  ): void
  /** Largest of scores[count] f64. */
  largest(scores: number, count: number): number
  /** A number, as high as is quickly found, that at least four of scores[count] f64 reach; with fewer one that all do. */
  reachedByFour(scores: number, count: number): number
  /** Sum of e^((scores[i] - offset) * factor) over scores[count] f64, in float32, none above `offset`; `scores` is read up to a multiple of 4. */
  sumExp(scores: number, count: number, offset: number, factor: number): number
  /** out[width] f32 = sum over `count` picks of amounts[i] f32 * rows[picks[i] i32][width] f32. `width` a multiple of 32. */
  sumRows(picks: number, amounts: number, count: number, rows: number, width: number, out: number): void
  /** scores[width] f64 += sums[width] f32, then toAll. `width` a multiple of 4. */
  addSums(sums: number, width: number, toAll: number, scores: number): void
  /** out[classes] f32 = weights · row; weights[dims + id][classes] f32, the row being dense[dims] and values[nonZeros] at ids. `classes` a multiple of 8. */
  forwardRow(
    dense: number,
    dims: number,
    ids: number,
    values: number,
    nonZeros: number,
    weights: number,
    classes: number,
    out: number,
  ): void
  /** weights += row ⊗ delta[classes], shapes as in `forwardRow`. */
  updateRow(
    dense: number,
    dims: number,
    ids: number,
    values: number,
    nonZeros: number,
    weights: number,
    classes: number,
    delta: number,
  ): void
  /** One block step of dual coordinate ascent for one row; see heads/softmax-regression.ts. Returns the sum of |change|. */
  solveRow(
    scores: number,
    logs: number,
    classes: number,
    curvature: number,
    weight: number,
    negligible: number,
    scratch: number,
    delta: number,
  ): number
}

/** Bytes of a query of so many dimensions. */
export const queryBytes = (dims: number) => ((dims + 15) & ~15) * 2
