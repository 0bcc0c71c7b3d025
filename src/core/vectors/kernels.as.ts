// AssemblyScript, compiled to WASM SIMD by scripts/build.mjs. kernels-reference.ts says the same in plain
// TypeScript, operation for operation: the two must agree bit for bit, so the order of every sum is part of
// the contract and fused multiply-add (relaxed SIMD) is out of the question.

// @ts-nocheck
const EXP_FLOOR: f32 = -80

/** Adds the four lanes in the fixed order (0 + 1) + (2 + 3). */
@inline function sumLanes(v: v128): f32 {
  return (f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1)) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
}

/** e^x for x in [-80, 80] by range reduction and a degree-6 polynomial; relative error below 2e-7. */
@inline function exp4(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)))
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375))), f32x4.mul(n, f32x4.splat(-2.12194440e-4)))
  let p = f32x4.splat(1.9875691500e-4)
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1))
  const y = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1))
  return f32x4.mul(y, i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23))
}

export function poolRows(ids: usize, count: i32, rows: usize, scales: usize, dims: i32, out: usize): void {
  const bytes = (<usize>dims) << 2
  for (let o: usize = 0; o < bytes; o += 16) v128.store(out + o, f32x4.splat(0))
  for (let t = 0; t < count; t++) {
    const id = load<i32>(ids + ((<usize>t) << 2))
    const scale = f32x4.splat(load<f32>(scales + ((<usize>id) << 2)))
    const row = rows + <usize>id * <usize>dims
    for (let d: usize = 0; d < <usize>dims; d += 8) {
      const wide = v128.load_ext<i8>(row + d)
      const low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(wide))
      const high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(wide))
      const at = out + (d << 2)
      v128.store(at, f32x4.add(v128.load(at), f32x4.mul(scale, low)))
      v128.store(at + 16, f32x4.add(v128.load(at + 16), f32x4.mul(scale, high)))
    }
  }
  normalise(out, dims)
}

export function normalise(vector: usize, dims: i32): void {
  const bytes = (<usize>dims) << 2
  let squares = f32x4.splat(0)
  for (let o: usize = 0; o < bytes; o += 16) {
    const x = v128.load(vector + o)
    squares = f32x4.add(squares, f32x4.mul(x, x))
  }
  const norm = sqrt<f32>(sumLanes(squares))
  if (!(norm > 0)) return
  const inverse = f32x4.splat(<f32>1 / norm)
  for (let o: usize = 0; o < bytes; o += 16) v128.store(vector + o, f32x4.mul(v128.load(vector + o), inverse))
}

export function quantise(vector: usize, dims: i32, out: usize): void {
  const scale = f32x4.splat(32767)
  for (let d: usize = 0; d < <usize>dims; d += 8) {
    const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(vector + (d << 2)), scale)))
    const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(vector + (d << 2) + 16), scale)))
    v128.store(out + (d << 1), i16x8.narrow_i32x4_s(low, high))
  }
}

@inline function sumInts(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3)
}

export function dotRows(query: usize, rows: usize, count: i32, dims: i32, out: usize): void {
  const width = <usize>dims
  let r = 0
  // Two rows at a time share the loads of the query.
  for (; r + 1 < count; r += 2) {
    const a = rows + <usize>r * width
    const b = a + width
    let sumA = i32x4.splat(0)
    let sumB = i32x4.splat(0)
    for (let d: usize = 0; d < width; d += 8) {
      const q = v128.load(query + (d << 1))
      sumA = i32x4.add(sumA, i32x4.dot_i16x8_s(q, v128.load_ext<i8>(a + d)))
      sumB = i32x4.add(sumB, i32x4.dot_i16x8_s(q, v128.load_ext<i8>(b + d)))
    }
    store<i32>(out + ((<usize>r) << 2), sumInts(sumA))
    store<i32>(out + ((<usize>r) << 2) + 4, sumInts(sumB))
  }
  if (r < count) {
    const a = rows + <usize>r * width
    let sumA = i32x4.splat(0)
    for (let d: usize = 0; d < width; d += 8) {
      sumA = i32x4.add(sumA, i32x4.dot_i16x8_s(v128.load(query + (d << 1)), v128.load_ext<i8>(a + d)))
    }
    store<i32>(out + ((<usize>r) << 2), sumInts(sumA))
  }
}

export function sumExp(scores: usize, count: i32, offset: f32, factor: f32): f32 {
  const bytes = (<usize>count) << 2
  const o4 = f32x4.splat(offset)
  const f4 = f32x4.splat(factor)
  const floor = f32x4.splat(EXP_FLOOR)
  let sum = f32x4.splat(0)
  for (let o: usize = 0; o < bytes; o += 16) {
    const x = f32x4.mul(f32x4.sub(v128.load(scores + o), o4), f4)
    sum = f32x4.add(sum, exp4(f32x4.max(x, floor)))
  }
  return sumLanes(sum)
}

// Blocks of 32 columns: whole cache lines of each row, summed in registers while the rows stream by.
export function sumRows(picks: usize, amounts: usize, count: i32, rows: usize, width: i32, out: usize): void {
  const stride = (<usize>width) << 2
  const bytes = (<usize>count) << 2
  for (let k: usize = 0; k < stride; k += 128) {
    let s0 = f32x4.splat(0)
    let s1 = f32x4.splat(0)
    let s2 = f32x4.splat(0)
    let s3 = f32x4.splat(0)
    let s4 = f32x4.splat(0)
    let s5 = f32x4.splat(0)
    let s6 = f32x4.splat(0)
    let s7 = f32x4.splat(0)
    for (let j: usize = 0; j < bytes; j += 4) {
      const x = v128.load32_splat(amounts + j)
      const at = rows + <usize>load<i32>(picks + j) * stride + k
      s0 = f32x4.add(s0, f32x4.mul(x, v128.load(at)))
      s1 = f32x4.add(s1, f32x4.mul(x, v128.load(at, 16)))
      s2 = f32x4.add(s2, f32x4.mul(x, v128.load(at, 32)))
      s3 = f32x4.add(s3, f32x4.mul(x, v128.load(at, 48)))
      s4 = f32x4.add(s4, f32x4.mul(x, v128.load(at, 64)))
      s5 = f32x4.add(s5, f32x4.mul(x, v128.load(at, 80)))
      s6 = f32x4.add(s6, f32x4.mul(x, v128.load(at, 96)))
      s7 = f32x4.add(s7, f32x4.mul(x, v128.load(at, 112)))
    }
    const to = out + k
    v128.store(to, s0)
    v128.store(to, s1, 16)
    v128.store(to, s2, 32)
    v128.store(to, s3, 48)
    v128.store(to, s4, 64)
    v128.store(to, s5, 80)
    v128.store(to, s6, 96)
    v128.store(to, s7, 112)
  }
}

// Four classes-blocks of 4 lanes stay in registers while the features stream by.
export function forwardRow(
  dense: usize, dims: i32, ids: usize, values: usize, nonZeros: i32, weights: usize, classes: i32, out: usize,
): void {
  const stride = (<usize>classes) << 2
  for (let k: usize = 0; k < stride; k += 32) {
    let s0 = f32x4.splat(0)
    let s1 = f32x4.splat(0)
    let at = weights + k
    for (let d = 0; d < dims; d++) {
      const x = v128.load32_splat(dense + ((<usize>d) << 2))
      s0 = f32x4.add(s0, f32x4.mul(x, v128.load(at)))
      s1 = f32x4.add(s1, f32x4.mul(x, v128.load(at, 16)))
      at += stride
    }
    for (let j = 0; j < nonZeros; j++) {
      const x = v128.load32_splat(values + ((<usize>j) << 2))
      const w = weights + <usize>(dims + load<i32>(ids + ((<usize>j) << 2))) * stride + k
      s0 = f32x4.add(s0, f32x4.mul(x, v128.load(w)))
      s1 = f32x4.add(s1, f32x4.mul(x, v128.load(w, 16)))
    }
    v128.store(out + k, s0)
    v128.store(out + k, s1, 16)
  }
}

export function updateRow(
  dense: usize, dims: i32, ids: usize, values: usize, nonZeros: i32, weights: usize, classes: i32, delta: usize,
): void {
  const stride = (<usize>classes) << 2
  for (let k: usize = 0; k < stride; k += 32) {
    const d0 = v128.load(delta + k)
    const d1 = v128.load(delta + k, 16)
    // Late in training most blocks of classes no longer move.
    if (!v128.any_true(v128.or(f32x4.ne(d0, f32x4.splat(0)), f32x4.ne(d1, f32x4.splat(0))))) continue
    let at = weights + k
    for (let d = 0; d < dims; d++) {
      const x = v128.load32_splat(dense + ((<usize>d) << 2))
      v128.store(at, f32x4.add(v128.load(at), f32x4.mul(x, d0)))
      v128.store(at, f32x4.add(v128.load(at, 16), f32x4.mul(x, d1)), 16)
      at += stride
    }
    for (let j = 0; j < nonZeros; j++) {
      const x = v128.load32_splat(values + ((<usize>j) << 2))
      const w = weights + <usize>(dims + load<i32>(ids + ((<usize>j) << 2))) * stride + k
      v128.store(w, f32x4.add(v128.load(w), f32x4.mul(x, d0)))
      v128.store(w, f32x4.add(v128.load(w, 16), f32x4.mul(x, d1)), 16)
    }
  }
}

/**
 * One exact block step of dual coordinate ascent for multinomial logistic regression.
 * Finds alpha on the simplex that maximises  H(alpha) + <alpha, z + c alphaOld> - c/2 |alpha|^2  by Newton on the
 * optimality conditions  log alpha + c alpha + mu = v,  sum alpha = 1, in y = log alpha.
 * delta = weight * (alphaOld - alpha), with entries under `negligible` set to 0 and left out of y as well.
 */
export function solveRow(
  scores: usize, logs: usize, classes: i32, curvature: f32, weight: f32, negligible: f32, scratch: usize, delta: usize,
): f32 {
  const bytes = (<usize>classes) << 2
  const c = f32x4.splat(curvature)
  const one = f32x4.splat(1)
  const oldLogs = scratch
  const targets = scratch + bytes
  let muLanes = f32x4.splat(0)
  for (let o: usize = 0; o < bytes; o += 16) {
    const y = v128.load(logs + o)
    const z = v128.load(scores + o)
    const a = exp4(y)
    v128.store(oldLogs + o, y)
    // From far below the root Newton overshoots; from -8 the equation is nearly linear and one step suffices.
    v128.store(logs + o, f32x4.max(y, f32x4.splat(-8)))
    v128.store(targets + o, f32x4.add(z, f32x4.mul(c, a)))
    muLanes = f32x4.add(muLanes, f32x4.mul(a, f32x4.sub(z, y)))
  }
  let mu = sumLanes(muLanes)
  for (let iteration = 0; iteration < 40; iteration++) {
    const m = f32x4.splat(mu)
    let mass = f32x4.splat(0)
    let slope = f32x4.splat(0)
    let pull = f32x4.splat(0)
    for (let o: usize = 0; o < bytes; o += 16) {
      const y = v128.load(logs + o)
      const a = exp4(y)
      const ca = f32x4.mul(c, a)
      const r = f32x4.sub(f32x4.sub(f32x4.sub(v128.load(targets + o), y), ca), m)
      const ad = f32x4.div(a, f32x4.add(one, ca))
      mass = f32x4.add(mass, a)
      slope = f32x4.add(slope, ad)
      pull = f32x4.add(pull, f32x4.mul(ad, r))
    }
    const total = sumLanes(mass)
    const step = (sumLanes(pull) - (<f32>1 - total)) / sumLanes(slope)
    mu += step
    const m2 = f32x4.splat(mu)
    for (let o: usize = 0; o < bytes; o += 16) {
      const y = v128.load(logs + o)
      const ca = f32x4.mul(c, exp4(y))
      const r = f32x4.sub(f32x4.sub(f32x4.sub(v128.load(targets + o), y), ca), m2)
      // The root lies below both 0 (a share is at most 1) and v - mu.
      const highest = f32x4.min(f32x4.sub(v128.load(targets + o), m2), f32x4.splat(0))
      const next = f32x4.min(f32x4.add(y, f32x4.div(r, f32x4.add(one, ca))), highest)
      v128.store(logs + o, f32x4.max(next, f32x4.splat(EXP_FLOOR)))
    }
    if (abs<f32>(step) < <f32>1e-4 && abs<f32>(total - <f32>1) < <f32>1e-4) break
  }
  const w = f32x4.splat(weight)
  const least = f32x4.splat(negligible)
  let moved = f32x4.splat(0)
  for (let o: usize = 0; o < bytes; o += 16) {
    const before = v128.load(oldLogs + o)
    const after = v128.load(logs + o)
    const change = f32x4.sub(exp4(before), exp4(after))
    const size = f32x4.abs(change)
    const keep = f32x4.ge(size, least)
    moved = f32x4.add(moved, v128.and(size, keep))
    v128.store(delta + o, v128.and(f32x4.mul(w, change), keep))
    v128.store(logs + o, v128.bitselect(after, before, keep))
  }
  return sumLanes(moved)
}
