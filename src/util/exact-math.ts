// Math.exp and Math.log may differ in the last bit between engines. A decision must not, so the few places
// where one could feel it use these, which are built from operations that IEEE 754 defines to the bit.

const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

const bits = new DataView(new ArrayBuffer(8))

/** 2^n for integer n in -1022..1023, exact. */
function powerOfTwo(n: number): number {
  bits.setInt32(0, (n + 1023) << 20)
  bits.setInt32(4, 0)
  return bits.getFloat64(0)
}

/** e^x, the same bits on every platform; relative error below 1e-15. Arguments are held to -700..700. */
export function exp(x: number): number {
  const held = x > 700 ? 700 : x < -700 ? -700 : x
  const n = Math.round(held * Math.LOG2E)
  const r = held - n * LN2_HIGH - n * LN2_LOW
  // Taylor series on |r| <= ln(2)/2: the first term left out is below 2^-53.
  let term = 1
  let sum = 1
  for (let k = 1; k <= 14; k++) {
    term = (term * r) / k
    sum += term
  }
  return sum * powerOfTwo(n)
}

/** Natural logarithm of x > 0, the same bits on every platform; relative error below 1e-15. */
export function log(x: number): number {
  bits.setFloat64(0, x)
  let exponent = ((bits.getInt32(0) >>> 20) & 0x7ff) - 1023
  if (exponent === -1023) return log(x * 2 ** 54) - 54 * Math.LN2
  bits.setInt32(0, (bits.getInt32(0) & 0x000fffff) | 0x3ff00000)
  let mantissa = bits.getFloat64(0)
  if (mantissa > Math.SQRT2) {
    mantissa /= 2
    exponent++
  }
  // log m = 2 artanh((m - 1) / (m + 1)), |argument| <= 0.172.
  const s = (mantissa - 1) / (mantissa + 1)
  const square = s * s
  let power = s
  let sum = 0
  for (let k = 1; k <= 23; k += 2) {
    sum += power / k
    power *= square
  }
  return 2 * sum + exponent * LN2_HIGH + exponent * LN2_LOW
}

/** 1 / (1 + e^-x), kept inside (0, 1). */
export function sigmoid(x: number): number {
  const p = 1 / (1 + exp(-x))
  return p < 1e-6 ? 1e-6 : p > 1 - 1e-6 ? 1 - 1e-6 : p
}

/** log of p / (1 - p), p held to 1e-9..1 - 1e-9. */
export function logit(p: number): number {
  const held = p < 1e-9 ? 1e-9 : p > 1 - 1e-9 ? 1 - 1e-9 : p
  return log(held / (1 - held))
}
