import { describe, expect, it } from 'vitest'
import { refusalReason } from './refusal-reason.ts'

const candidates = (...confidences: number[]) =>
  confidences.map((confidence, i) => ({ route: `r${i}`, confidence, score: -i }))

describe('the reason of a refusal', () => {
  it('is out-of-scope when more likely than not no route is right', () => {
    expect(refusalReason(0.51, candidates(0.3, 0.28), 0.5)).toBe('out-of-scope')
  })

  it('is ambiguous when two routes of like confidence would pass together', () => {
    expect(refusalReason(0.2, candidates(0.4, 0.35), 0.5)).toBe('ambiguous')
  })

  it('is below-threshold when even both would not pass, or the second is far behind', () => {
    expect(refusalReason(0.2, candidates(0.2, 0.19), 0.5)).toBe('below-threshold')
    expect(refusalReason(0.2, candidates(0.45, 0.1), 0.5)).toBe('below-threshold')
    expect(refusalReason(0.2, candidates(0.45), 0.5)).toBe('below-threshold')
  })
})
