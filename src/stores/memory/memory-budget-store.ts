import type {
  BudgetLine,
  BudgetRefusal,
  BudgetRequest,
  BudgetSettlement,
  BudgetSpent,
  BudgetStore,
} from '../../contracts/index.ts'
import { budgetKey, grantInOrder } from '../sql/grant-in-order.ts'

/** What was spent of budgets, for as long as the process runs. Holds a line for each budget and period. */
export class MemoryBudgetStore implements BudgetStore {
  readonly #spent = new Map<string, number>()
  readonly #endsAt = new Map<string, number>()

  async apply(
    settlements: readonly BudgetSettlement[],
    requests: readonly BudgetRequest[],
  ): Promise<readonly (BudgetRefusal | null)[]> {
    for (const settlement of settlements) {
      this.#add(budgetKey(settlement), settlement.differenceMicroUsd, settlement.endsAt)
    }
    const { refusals, added } = grantInOrder(this.#spent, requests)
    const lines = new Map(requests.flatMap((request) => request.lines.map((line) => [budgetKey(line), line])))
    for (const [key, more] of added) this.#add(key, more, lines.get(key)?.endsAt ?? 0)
    return refusals
  }

  async spent(lines: readonly Pick<BudgetLine, 'subject' | 'period'>[]): Promise<readonly BudgetSpent[]> {
    return lines.map(({ subject, period }) => ({
      subject,
      period,
      spentMicroUsd: this.#spent.get(budgetKey({ subject, period })) ?? 0,
    }))
  }

  async deleteEndedBefore(at: number): Promise<void> {
    for (const [key, endsAt] of this.#endsAt) {
      if (endsAt >= at) continue
      this.#endsAt.delete(key)
      this.#spent.delete(key)
    }
  }

  #add(key: string, microUsd: number, endsAt: number): void {
    this.#spent.set(key, (this.#spent.get(key) ?? 0) + microUsd)
    this.#endsAt.set(key, endsAt)
  }
}
