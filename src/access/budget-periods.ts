/** A day or a month of UTC. */
interface BudgetPeriod {
  /** Such as `2026-11-24` or `2026-11`. */
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly endsAt: number
}

export interface BudgetPeriods {
  readonly day: BudgetPeriod
  readonly month: BudgetPeriod
}

/** The day and the month that a moment, in milliseconds since the epoch, is in. */
export function periodsAt(at: number): BudgetPeriods {
  const date = new Date(at)
  const year = date.getUTCFullYear()
  const month = date.getUTCMonth()
  const name = date.toISOString().slice(0, 10)
  return {
    day: { name, endsAt: Date.UTC(year, month, date.getUTCDate() + 1) },
    month: { name: name.slice(0, 7), endsAt: Date.UTC(year, month + 1, 1) },
  }
}
