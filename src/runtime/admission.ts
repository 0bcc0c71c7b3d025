import type { BudgetKeeper, BudgetReservation } from '../access/budget-keeper.ts'
import type { Identity } from '../access/identity.ts'
import type { RateLimits } from '../access/rate-limits.ts'
import type { UsageBook } from '../access/usage-book.ts'
import type { BudgetLimits, ModelCall, TenantSettings, TokenUsage } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import type { QueueShare } from '../execution/fair-queue.ts'
import { type Cost, costOf } from '../pricing/cost-of.ts'
import { estimateCost } from '../pricing/estimate-cost.ts'
import { estimateTokens } from '../pricing/estimate-tokens.ts'
import type { Deployment, Model } from './model-book.ts'
import type { Purpose } from './purpose.ts'

/** A call that asks to be made. */
interface AdmissionQuestion {
  readonly call: ModelCall
  readonly purpose: Purpose
  readonly identity: Identity
  readonly route: string | null
  readonly models: readonly Model[]
}

interface AdmissionOptions {
  readonly limits: RateLimits
  readonly budgets: BudgetKeeper
  readonly usage: UsageBook
  readonly tenants: Readonly<Record<string, TenantSettings>>
  readonly routeBudgets: Readonly<Record<string, BudgetLimits>>
  /** Whether any deployment counts tokens, so that all calls need an estimate. */
  readonly countsTokens: boolean
  /** Told what each call used and cost. */
  readonly onUsed: (deployment: Deployment, tenant: string, usage: TokenUsage, cost: Cost) => void
}

/** Lets calls pass that limits and budgets have room for, and counts what they used. */
export class Admission {
  readonly #options: AdmissionOptions
  readonly #shares = new Map<string, QueueShare>()

  constructor(options: AdmissionOptions) {
    this.#options = options
    for (const [tenant, { weight = 1, maxConcurrent }] of Object.entries(options.tenants)) {
      this.#shares.set(tenant, {
        tenant,
        weight,
        ...(maxConcurrent === undefined ? {} : { maxRunning: maxConcurrent }),
      })
    }
  }

  shareOf({ tenant }: Identity): QueueShare {
    return this.#shares.get(tenant) ?? { tenant, weight: 1 }
  }

  /**
   * At once where no budget is touched.
   * @throws LimitReached `rate_limited`, `budget_exceeded`; StrataError `model_unpriced`
   */
  admit(question: AdmissionQuestion): Admitted | Promise<Admitted> {
    const { purpose, identity, route } = question
    const { limits, budgets } = this.#options
    const tokens = this.#countsTokens(identity) ? estimateTokens(question.call.body) : 0
    // To count tokens costs nothing.
    const hasBudget = purpose !== 'count' && this.#hasBudget(identity, route)
    const estimate = hasBudget ? estimateMicroUsd(question) : undefined
    limits.admit(identity, tokens)
    if (estimate === undefined) return new Admitted(this.#options, question, tokens, undefined)
    const reserving = budgets.reserve(identity, route, estimate)
    if (reserving === undefined) return new Admitted(this.#options, question, tokens, undefined)
    return reserving.then(
      (reservation) => new Admitted(this.#options, question, tokens, reservation),
      (error: unknown) => {
        limits.settle(identity, tokens, 0)
        throw error
      },
    )
  }

  #countsTokens({ limits, tenant }: Identity): boolean {
    const { countsTokens, tenants } = this.#options
    return (
      countsTokens || limits.tokensPerMinute !== undefined || tenants[tenant]?.tokensPerMinute !== undefined
    )
  }

  /** An estimate costs more than to look. */
  #hasBudget({ budgets, tenant }: Identity, route: string | null): boolean {
    const { tenants, routeBudgets } = this.#options
    return (
      isLimited(budgets) ||
      isLimited(tenants[tenant]?.budgets) ||
      (route !== null && isLimited(routeBudgets[route]))
    )
  }
}

const isLimited = (limits: BudgetLimits | undefined): boolean =>
  limits !== undefined && (limits.dailyUsd !== undefined || limits.monthlyUsd !== undefined)

/** Of an answer whose length the caller does not limit: what a translation asks for, where a provider needs a limit. */
const MOST_OUTPUT_TOKENS = 8192

/** The most that the call may cost at any model of its chain, as far as that can be told before. */
function estimateMicroUsd({ call, purpose, models }: AdmissionQuestion): number {
  const outputTokens = purpose === 'embed' ? 0 : MOST_OUTPUT_TOKENS
  let most = 0
  for (const { name, deployments } of models) {
    for (const { price } of deployments) {
      if (price === undefined) {
        throw new StrataError(
          'model_unpriced',
          `The model ${name} has no price, so that a budget could not be kept; set models.${name}.price, or name another model.`,
        )
      }
      most = Math.max(most, (estimateCost(price, call.body, outputTokens).cost.costNanoUsd ?? 0) / 1000)
    }
  }
  return most
}

/** A call that was let pass; ended or released once. */
export class Admitted {
  readonly #options: AdmissionOptions
  readonly #question: AdmissionQuestion
  /** By estimate; 0 where nobody counts. */
  readonly tokens: number
  readonly #reservation: BudgetReservation | undefined
  #cost: Cost | undefined
  #isOver = false

  constructor(
    options: AdmissionOptions,
    question: AdmissionQuestion,
    tokens: number,
    reservation: BudgetReservation | undefined,
  ) {
    this.#options = options
    this.#question = question
    this.tokens = tokens
    this.#reservation = reservation
  }

  /** Undefined until it has ended, or where the provider says nothing of its use. */
  cost(): Cost | undefined {
    return this.#cost
  }

  /** Counts what an answer used; a provider that does not say leaves it at the estimate. */
  ended(deployment: Deployment, usage: TokenUsage | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    const { limits, budgets, usage: book, onUsed } = this.#options
    const { identity, route } = this.#question
    const cost = usage && costOf(deployment.price, usage)
    this.#cost = cost
    if (usage !== undefined) limits.settle(identity, this.tokens, usage.inputTokens + usage.outputTokens)
    const costMicroUsd = cost === undefined || cost.unpriced ? null : cost.costNanoUsd / 1000
    if (this.#reservation !== undefined && costMicroUsd !== null)
      budgets.settle(this.#reservation, costMicroUsd)
    book.record(identity, {
      route,
      provider: deployment.provider.name,
      model: deployment.of,
      usage,
      costMicroUsd,
    })
    if (usage !== undefined && cost !== undefined) onUsed(deployment, identity.tenant, usage, cost)
  }

  /** Gives back what was set aside: nothing was used. */
  released(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#options.limits.settle(this.#question.identity, this.tokens, 0)
    if (this.#reservation !== undefined) this.#options.budgets.settle(this.#reservation, 0)
  }
}
