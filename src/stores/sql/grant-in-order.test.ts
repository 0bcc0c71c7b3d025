import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { BudgetLine } from '../../contracts/index.ts'
import { budgetKey, grantInOrder } from './grant-in-order.ts'

const lines: readonly BudgetLine[] = [
  { subject: 'tenant:a', period: '2026-11-24', endsAt: 1, limitMicroUsd: 100 },
  { subject: 'tenant:a', period: '2026-11', endsAt: 1, limitMicroUsd: 250 },
  { subject: 'key:k', period: '2026-11-24', endsAt: 1, limitMicroUsd: 60 },
]
const request = fc.record({
  lines: fc.subarray([...lines], { minLength: 1 }),
  estimateMicroUsd: fc.integer({ min: 0, max: 80 }),
})
const spentBefore = fc
  .array(fc.integer({ min: 0, max: 300 }), { minLength: 3, maxLength: 3 })
  .map((amounts) => new Map(lines.map((line, index) => [budgetKey(line), amounts[index] ?? 0])))

it('many requests at once are granted as if each had come alone', () => {
  fc.assert(
    fc.property(spentBefore, fc.array(request, { maxLength: 20 }), (spent, requests) => {
      const together = grantInOrder(spent, requests)
      const left = new Map(spent)
      const alone = requests.map((one) => {
        const { refusals, added } = grantInOrder(left, [one])
        for (const [key, amount] of added) left.set(key, (left.get(key) ?? 0) + amount)
        return refusals[0]
      })
      expect(together.refusals).toEqual(alone)
      for (const line of lines) {
        const key = budgetKey(line)
        const after = (spent.get(key) ?? 0) + (together.added.get(key) ?? 0)
        expect(after).toBe(left.get(key))
        if (together.added.has(key)) expect(after).toBeLessThanOrEqual(line.limitMicroUsd)
      }
    }),
  )
})
