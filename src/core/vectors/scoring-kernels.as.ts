// Part of kernels.as.ts: encoding a text, and scoring it.

import { EXP_FLOOR, exp4, ROUNDER, ROUNDER_BITS, sumLanes } from './arithmetic.as'

const LARGEST: f32 = 8191
const QUERY_SCALE: f64 = 1 / 8191
const OFFSET: i32 = 8192

/** Adds four integers times a scale to four sums. */
@inline function addScaled(sum: v128, scale: v128, four: v128): v128 {
  return f32x4.add(sum, f32x4.mul(scale, f32x4.convert_i32x4_s(four)))
}

// Blocks of 32 columns, summed in registers while the rows stream by; what is left in blocks of 8.
export function poolRows(ids: usize, count: i32, rows: usize, scales: usize, dims: i32, out: usize): void {
  const width = <usize>dims
  const end = ids + ((<usize>count) << 2)
  let d: usize = 0
  for (; d + 31 < width; d += 32) {
    let s0 = f32x4.splat(0)
    let s1 = f32x4.splat(0)
    let s2 = f32x4.splat(0)
    let s3 = f32x4.splat(0)
    let s4 = f32x4.splat(0)
    let s5 = f32x4.splat(0)
    let s6 = f32x4.splat(0)
    let s7 = f32x4.splat(0)
    for (let at = ids; at < end; at += 4) {
      const id = <usize>load<i32>(at)
      const scale = v128.load32_splat(scales + (id << 2))
      const row = rows + id * width + d
      const a = v128.load_ext<i8>(row)
      const b = v128.load_ext<i8>(row, 8)
      const c = v128.load_ext<i8>(row, 16)
      const e = v128.load_ext<i8>(row, 24)
      s0 = addScaled(s0, scale, i32x4.extend_low_i16x8_s(a))
      s1 = addScaled(s1, scale, i32x4.extend_high_i16x8_s(a))
      s2 = addScaled(s2, scale, i32x4.extend_low_i16x8_s(b))
      s3 = addScaled(s3, scale, i32x4.extend_high_i16x8_s(b))
      s4 = addScaled(s4, scale, i32x4.extend_low_i16x8_s(c))
      s5 = addScaled(s5, scale, i32x4.extend_high_i16x8_s(c))
      s6 = addScaled(s6, scale, i32x4.extend_low_i16x8_s(e))
      s7 = addScaled(s7, scale, i32x4.extend_high_i16x8_s(e))
    }
    const to = out + (d << 2)
    v128.store(to, s0)
    v128.store(to, s1, 16)
    v128.store(to, s2, 32)
    v128.store(to, s3, 48)
    v128.store(to, s4, 64)
    v128.store(to, s5, 80)
    v128.store(to, s6, 96)
    v128.store(to, s7, 112)
  }
  for (; d < width; d += 8) {
    let low = f32x4.splat(0)
    let high = f32x4.splat(0)
    for (let at = ids; at < end; at += 4) {
      const id = <usize>load<i32>(at)
      const scale = v128.load32_splat(scales + (id << 2))
      const wide = v128.load_ext<i8>(rows + id * width + d)
      low = addScaled(low, scale, i32x4.extend_low_i16x8_s(wide))
      high = addScaled(high, scale, i32x4.extend_high_i16x8_s(wide))
    }
    v128.store(out + (d << 2), low)
    v128.store(out + (d << 2), high, 16)
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

/** Eight components as i16, to nearest even. */
@inline function quantised(vector: usize): v128 {
  const scale = f32x4.splat(LARGEST)
  const rounder = f32x4.splat(ROUNDER)
  const bits = i32x4.splat(ROUNDER_BITS)
  const low = i32x4.sub(f32x4.add(f32x4.mul(v128.load(vector), scale), rounder), bits)
  const high = i32x4.sub(f32x4.add(f32x4.mul(v128.load(vector, 16), scale), rounder), bits)
  return i16x8.narrow_i32x4_s(low, high)
}

/**
 * A query as i16; with relaxed SIMD, whose dot product takes 7 bits without a sign, as q + 8192 in two halves, sixteen
 * low ones before sixteen high ones.
 */
export function quantise(vector: usize, dims: i32, out: usize): void {
  const width = <usize>dims
  if (ASC_FEATURE_RELAXED_SIMD) {
    const offset = i16x8.splat(<i16>OFFSET)
    const mask = i16x8.splat(127)
    for (let d: usize = 0; d < width; d += 16) {
      const a = i16x8.add(quantised(vector + (d << 2)), offset)
      const b = d + 8 < width ? i16x8.add(quantised(vector + (d << 2) + 32), offset) : i16x8.splat(0)
      v128.store(out + (d << 1), i8x16.narrow_i16x8_u(v128.and(a, mask), v128.and(b, mask)))
      v128.store(out + (d << 1), i8x16.narrow_i16x8_u(i16x8.shr_u(a, 7), i16x8.shr_u(b, 7)), 16)
    }
  } else {
    for (let d: usize = 0; d < width; d += 8) v128.store(out + (d << 1), quantised(vector + (d << 2)))
  }
}

@inline function sumInts(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3)
}

/** Four dot products of a query with rows that follow one another, of whole blocks of 16; with what the offset of the query adds. */
@inline function fourDots(query: usize, row: usize, width: usize): v128 {
  let a = row
  let b = a + width
  let c = b + width
  let d = c + width
  let q = query
  let sumA = i32x4.splat(0)
  let sumB = i32x4.splat(0)
  let sumC = i32x4.splat(0)
  let sumD = i32x4.splat(0)
  const end = a + width
  if (ASC_FEATURE_RELAXED_SIMD) {
    let highA = i32x4.splat(0)
    let highB = i32x4.splat(0)
    let highC = i32x4.splat(0)
    let highD = i32x4.splat(0)
    for (; a < end; a += 16) {
      const low = v128.load(q)
      const high = v128.load(q, 16)
      const rowA = v128.load(a)
      const rowB = v128.load(b)
      const rowC = v128.load(c)
      const rowD = v128.load(d)
      sumA = v128.relaxed_dot_add<i32>(rowA, low, sumA)
      highA = v128.relaxed_dot_add<i32>(rowA, high, highA)
      sumB = v128.relaxed_dot_add<i32>(rowB, low, sumB)
      highB = v128.relaxed_dot_add<i32>(rowB, high, highB)
      sumC = v128.relaxed_dot_add<i32>(rowC, low, sumC)
      highC = v128.relaxed_dot_add<i32>(rowC, high, highC)
      sumD = v128.relaxed_dot_add<i32>(rowD, low, sumD)
      highD = v128.relaxed_dot_add<i32>(rowD, high, highD)
      b += 16
      c += 16
      d += 16
      q += 32
    }
    sumA = i32x4.add(sumA, i32x4.shl(highA, 7))
    sumB = i32x4.add(sumB, i32x4.shl(highB, 7))
    sumC = i32x4.add(sumC, i32x4.shl(highC, 7))
    sumD = i32x4.add(sumD, i32x4.shl(highD, 7))
  } else {
    for (; a < end; a += 16) {
      const q0 = v128.load(q)
      const q1 = v128.load(q, 16)
      sumA = i32x4.add(sumA, i32x4.dot_i16x8_s(q0, v128.load_ext<i8>(a)))
      sumB = i32x4.add(sumB, i32x4.dot_i16x8_s(q0, v128.load_ext<i8>(b)))
      sumC = i32x4.add(sumC, i32x4.dot_i16x8_s(q0, v128.load_ext<i8>(c)))
      sumD = i32x4.add(sumD, i32x4.dot_i16x8_s(q0, v128.load_ext<i8>(d)))
      sumA = i32x4.add(sumA, i32x4.dot_i16x8_s(q1, v128.load_ext<i8>(a, 8)))
      sumB = i32x4.add(sumB, i32x4.dot_i16x8_s(q1, v128.load_ext<i8>(b, 8)))
      sumC = i32x4.add(sumC, i32x4.dot_i16x8_s(q1, v128.load_ext<i8>(c, 8)))
      sumD = i32x4.add(sumD, i32x4.dot_i16x8_s(q1, v128.load_ext<i8>(d, 8)))
      b += 16
      c += 16
      d += 16
      q += 32
    }
  }
  const ab = i32x4.add(v128.shuffle<i32>(sumA, sumB, 0, 4, 1, 5), v128.shuffle<i32>(sumA, sumB, 2, 6, 3, 7))
  const cd = i32x4.add(v128.shuffle<i32>(sumC, sumD, 0, 4, 1, 5), v128.shuffle<i32>(sumC, sumD, 2, 6, 3, 7))
  return i32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3))
}

/** What the offset of a query adds to dot products with four rows. */
@inline function offsetOf(sums: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i32x4.mul(sums, i32x4.splat(OFFSET)) : i32x4.splat(0)
}

@inline function oneScore(query: usize, row: usize, width: usize, scale: f32, sum: i32): f64 {
  let dot: i32 = 0
  if (ASC_FEATURE_RELAXED_SIMD) {
    let low = i32x4.splat(0)
    let high = i32x4.splat(0)
    for (let d: usize = 0; d < width; d += 16) {
      const values = d + 8 < width ? v128.load(row + d) : v128.load64_zero(row + d)
      low = v128.relaxed_dot_add<i32>(values, v128.load(query + (d << 1)), low)
      high = v128.relaxed_dot_add<i32>(values, v128.load(query + (d << 1), 16), high)
    }
    dot = sumInts(low) + (sumInts(high) << 7) - sum * OFFSET
  } else {
    let products = i32x4.splat(0)
    for (let d: usize = 0; d < width; d += 8) {
      products = i32x4.add(products, i32x4.dot_i16x8_s(v128.load(query + (d << 1)), v128.load_ext<i8>(row + d)))
    }
    dot = sumInts(products)
  }
  return <f64>dot * <f64>scale * QUERY_SCALE
}

export function scoreRows(
  query: usize, rows: usize, count: i32, dims: i32, scales: usize, sums: usize, out: usize,
): void {
  const width = <usize>dims
  const fours = (width & 15) === 0 ? count & ~3 : 0
  let r = 0
  // Four rows at a time share the loads of the query, and the way from sums of lanes to scores.
  for (; r < fours; r += 4) {
    const at = (<usize>r) << 2
    const dots = i32x4.sub(fourDots(query, rows + <usize>r * width, width), offsetOf(v128.load(sums + at)))
    const scale = v128.load(scales + at)
    const to = out + (at << 1)
    v128.store(to, scaled(dots, scale))
    v128.store(to, scaled(v128.shuffle<i64>(dots, dots, 1, 1), v128.shuffle<i64>(scale, scale, 1, 1)), 16)
  }
  // The last ones by themselves: what lies behind them belongs to others.
  for (; r < count; r++) {
    const at = (<usize>r) << 2
    store<f64>(out + (at << 1), oneScore(query, rows + <usize>r * width, width, load<f32>(scales + at), load<i32>(sums + at)))
  }
}

/** Scores of the lower two lanes: dot * scale / 8191, in that order. */
@inline function scaled(dots: v128, scales: v128): v128 {
  return f64x2.mul(
    f64x2.mul(f64x2.convert_low_i32x4_s(dots), f64x2.promote_low_f32x4(scales)),
    f64x2.splat(QUERY_SCALE),
  )
}

export function largest(scores: usize, count: i32): f64 {
  let most0 = f64x2.splat(-f64.MAX_VALUE)
  let most1 = most0
  let k = 0
  // The pseudo-maximum is one instruction, where the maximum proper has to mind what is no number.
  for (; k + 3 < count; k += 4) {
    const at = scores + ((<usize>k) << 3)
    most0 = f64x2.pmax(most0, v128.load(at))
    most1 = f64x2.pmax(most1, v128.load(at, 16))
  }
  most0 = f64x2.pmax(most0, most1)
  let most = max<f64>(f64x2.extract_lane(most0, 0), f64x2.extract_lane(most0, 1))
  for (; k < count; k++) most = max<f64>(most, load<f64>(scores + ((<usize>k) << 3)))
  return most
}

export function reachedByFour(scores: usize, count: i32): f64 {
  let most0 = f64x2.splat(-f64.MAX_VALUE)
  let most1 = most0
  for (let k = 0; k + 3 < count; k += 4) {
    const at = scores + ((<usize>k) << 3)
    most0 = f64x2.pmax(most0, v128.load(at))
    most1 = f64x2.pmax(most1, v128.load(at, 16))
  }
  const least = f64x2.pmin(most0, most1)
  return min<f64>(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1))
}

/** e^((score - offset) * factor) of four scores. */
@inline function expOfScores(scores: usize, offset: v128, factor: v128): v128 {
  const low = f32x4.demote_f64x2_zero(v128.load(scores))
  const high = f32x4.demote_f64x2_zero(v128.load(scores, 16))
  const x = f32x4.mul(f32x4.sub(v128.shuffle<i64>(low, high, 0, 2), offset), factor)
  return exp4(f32x4.max(x, f32x4.splat(EXP_FLOOR)))
}

export function sumExp(scores: usize, count: i32, offset: f32, factor: f32): f32 {
  const o4 = f32x4.splat(offset)
  const f4 = f32x4.splat(factor)
  let sum = f32x4.splat(0)
  let k = 0
  for (; k + 3 < count; k += 4) sum = f32x4.add(sum, expOfScores(scores + ((<usize>k) << 3), o4, f4))
  if (k < count) {
    const counts = i32x4.gt_s(i32x4.splat(count - k), i32x4(0, 1, 2, 3))
    sum = f32x4.add(sum, v128.and(expOfScores(scores + ((<usize>k) << 3), o4, f4), counts))
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

export function addSums(sums: usize, width: i32, toAll: f64, scores: usize): void {
  const all = f64x2.splat(toAll)
  for (let k = 0; k < width; k += 4) {
    const four = v128.load(sums + ((<usize>k) << 2))
    const at = scores + ((<usize>k) << 3)
    const low = f64x2.add(v128.load(at), f64x2.promote_low_f32x4(four))
    const high = f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(v128.shuffle<i64>(four, four, 1, 1)))
    v128.store(at, f64x2.add(low, all))
    v128.store(at, f64x2.add(high, all), 16)
  }
}
