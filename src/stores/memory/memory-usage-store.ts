import type {
  UsageDimension,
  UsageQuery,
  UsageRow,
  UsageStore,
  UsageSums,
  UsageTotal,
} from '../../contracts/index.ts'

type Sums = { -readonly [Name in keyof UsageSums]: number }

/** Lines that are kept; a thousand take about 500 KB. */
const MOST_LINES = 20_000

const NOTHING: UsageSums = {
  requests: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  costMicroUsd: 0,
  unpricedRequests: 0,
}
const SUM_NAMES = Object.keys(NOTHING) as readonly (keyof UsageSums)[]

/**
 * Sums of calls, for as long as the process runs. Beyond 20,000 different lines of day, tenant, key, route, provider and
 * model the oldest ones are forgotten.
 */
export class MemoryUsageStore implements UsageStore {
  readonly #lines = new Map<string, UsageTotal>()

  async add(totals: readonly UsageTotal[]): Promise<void> {
    for (const total of totals) {
      const { day, tenant, key, route, provider, model } = total
      const name = JSON.stringify([day, tenant, key, route, provider, model])
      const before = this.#lines.get(name)
      this.#lines.set(name, before === undefined ? total : { ...total, ...sum(before, total) })
    }
    for (const oldest of this.#lines.keys()) {
      if (this.#lines.size <= MOST_LINES) return
      this.#lines.delete(oldest)
    }
  }

  async query({ from, to, groupBy, tenant }: UsageQuery, limit: number): Promise<readonly UsageRow[]> {
    const groups = new Map<string, UsageRow>()
    // Without groups there is one sum, of nothing where nothing was used.
    if (groupBy.length === 0) groups.set(nameOf({}, groupBy), NOTHING)
    for (const line of this.#lines.values()) {
      if (line.day < from || line.day > to || (tenant !== undefined && line.tenant !== tenant)) continue
      const name = nameOf(line, groupBy)
      const names = Object.fromEntries(groupBy.map((dimension) => [dimension, line[dimension]]))
      groups.set(name, { ...names, ...sum(groups.get(name) ?? NOTHING, line) })
    }
    return [...groups.values()].sort((a, b) => compare(a, b, groupBy)).slice(0, limit)
  }

  async deleteBefore(day: string): Promise<void> {
    for (const [name, line] of this.#lines) if (line.day < day) this.#lines.delete(name)
  }
}

function sum(a: UsageSums, b: UsageSums): UsageSums {
  const sums: Sums = { ...NOTHING }
  for (const name of SUM_NAMES) sums[name] = a[name] + b[name]
  return sums
}

const nameOf = (line: Partial<UsageTotal>, groupBy: readonly UsageDimension[]): string =>
  JSON.stringify(groupBy.map((dimension) => line[dimension]))

function compare(a: UsageRow, b: UsageRow, groupBy: readonly UsageDimension[]): number {
  for (const dimension of groupBy) {
    const [left = '', right = ''] = [a[dimension], b[dimension]]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}
