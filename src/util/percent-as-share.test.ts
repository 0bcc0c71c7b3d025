import { expect, test } from 'vitest'
import { percentAsShare } from './percent-as-share.ts'

test('a percentage is read as the share that it meant, and nothing else is', () => {
  expect([2, 10, 50, 100].map(percentAsShare)).toEqual([0.02, 0.1, 0.5, 1])
  expect([0, 0.5, 1, 1.5, -5, 101, Number.NaN, '50', null].map(percentAsShare)).toEqual(
    Array(9).fill(undefined),
  )
})
