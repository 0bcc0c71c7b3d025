// Math.exp and Math.log may differ in the last bit between engines. A decision must not, so the few places
// where one could feel it use these, which are built from operations that IEEE 754 defines to the bit.

const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

// Smaller exponents than this are answered with the smallest one: no caller can tell e^-700 from 0.
const LARGEST_ARGUMENT = 700
const POWERS_OF_TWO = Float64Array.from({ length: 2 * 1011 + 1 }, (_, i) => 2 ** (i - 1011))
const INVERSE_FACTORIALS = [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((n) => {
  let factorial = 1
  for (let i = 2; i <= n; i++) factorial *= i
  return 1 / factorial
})
const [C13, C12, C11, C10, C9, C8, C7, C6, C5, C4, C3] = INVERSE_FACTORIALS as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]

const bits = new DataView(new ArrayBuffer(8))

/** e^x, the same bits on every platform; relative error below 1e-15. Arguments are held to -700..700. */
export function exp(x: number): number {
  const held = x > LARGEST_ARGUMENT ? LARGEST_ARGUMENT : x < -LARGEST_ARGUMENT ? -LARGEST_ARGUMENT : x
  const n = Math.round(held * Math.LOG2E)
  const r = held - n * LN2_HIGH - n * LN2_LOW
  // Taylor series on |r| <= ln(2)/2, unrolled: this runs once a route and query.
  let p = C13 * r + C12
  p = p * r + C11
  p = p * r + C10
  p = p * r + C9
  p = p * r + C8
  p = p * r + C7
  p = p * r + C6
  p = p * r + C5
  p = p * r + C4
  p = p * r + C3
  p = p * r + 0.5
  return ((p * r + 1) * r + 1) * POWERS_OF_TWO[n + 1011]!
}

/** Natural logarithm of x >= 0, the same bits on every platform; relative error below 1e-15. That of 0 is -Infinity. */
export function log(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY
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
