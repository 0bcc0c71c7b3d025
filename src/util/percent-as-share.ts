/**
 * The share that a percentage meant: 50 → 0.5. Undefined for what is a share already, and for what is neither, as 1.5 is most likely.
 * @param value anything that was given for a share of 0..1
 */
export function percentAsShare(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 2 && value <= 100 ? value / 100 : undefined
}
