import type { BudgetRefusal, BudgetRequest } from '../../contracts/index.ts'

/** By which rows of budgets are told apart. */
export const budgetKey = ({
  subject,
  period,
}: {
  readonly subject: string
  readonly period: string
}): string => `${period} ${subject}`

interface Granted {
  readonly refusals: readonly (BudgetRefusal | null)[]
  /** What is spent in addition, by `budgetKey`; integers above 0. */
  readonly added: ReadonlyMap<string, number>
}

/**
 * Takes requests one after the other: each is granted in all of its lines or in none.
 * @param spent what was spent so far, by `budgetKey`, in millionths of a US dollar
 */
export function grantInOrder(
  spent: ReadonlyMap<string, number>,
  requests: readonly BudgetRequest[],
): Granted {
  const added = new Map<string, number>()
  const refusals = requests.map(({ lines, estimateMicroUsd }) => {
    for (const line of lines) {
      const key = budgetKey(line)
      const spentMicroUsd = (spent.get(key) ?? 0) + (added.get(key) ?? 0)
      if (spentMicroUsd + estimateMicroUsd > line.limitMicroUsd) return { line, spentMicroUsd }
    }
    if (estimateMicroUsd > 0) {
      for (const line of lines)
        added.set(budgetKey(line), (added.get(budgetKey(line)) ?? 0) + estimateMicroUsd)
    }
    return null
  })
  return { refusals, added }
}
