/**
 * Weights of sparse features by feature: the routes that feature f speaks for or against are
 * routes[offsets[f]..offsets[f + 1]) with the same places of `weights`. Everything not listed is `0`.
 */
export interface Postings {
  readonly offsets: Int32Array
  readonly routes: Int32Array
  readonly weights: Float32Array
  /** What feature f adds to every route alike; no route wins by it, but it is part of how familiar a text is. */
  readonly shared: Float32Array
}

/**
 * Keeps what matters of a dense weight matrix. A softmax does not change when all classes of a feature move
 * together, so the most common weight of each feature (the median) is set apart as `shared`; what then differs from it by
 * less than `least` is dropped.
 * @param weights weights[(skip + feature) * stride + class]
 */
export function postingsFromWeights(
  weights: Float32Array,
  layout: { skip: number; features: number; classes: number; stride: number; least: number },
): Postings {
  const { skip, features, classes, stride, least } = layout
  const offsets = new Int32Array(features + 1)
  const routes: number[] = []
  const kept: number[] = []
  const shared = new Float32Array(features)
  const sorted = new Float32Array(classes)
  for (let feature = 0; feature < features; feature++) {
    const start = (skip + feature) * stride
    sorted.set(weights.subarray(start, start + classes))
    sorted.sort()
    const shift = classes > 2 ? sorted[classes >> 1]! : 0
    shared[feature] = shift
    for (let k = 0; k < classes; k++) {
      const weight = weights[start + k]! - shift
      if (Math.abs(weight) < least) continue
      routes.push(k)
      kept.push(weight)
    }
    offsets[feature + 1] = routes.length
  }
  return { offsets, routes: Int32Array.from(routes), weights: Float32Array.from(kept), shared }
}
