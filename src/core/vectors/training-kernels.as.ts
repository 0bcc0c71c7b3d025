// Part of kernels.as.ts: training a head.

import { EXP_FLOOR, exp4, sumLanes } from './arithmetic.as'

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
