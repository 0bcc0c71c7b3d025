import type { Clock, Timer } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'

/** Whose call it is, and what part of the slots that one may have. */
export interface QueueShare {
  readonly tenant: string
  /** Its part beside those of others that want slots at the same time, above 0. */
  readonly weight: number
  /** The most slots it may hold at once; all of them if absent. */
  readonly maxRunning?: number
}

/** The share of one that is alone: a queue with it is a plain concurrency limit, first come, first served. */
export const SOLE_SHARE: QueueShare = { tenant: '', weight: 1 }

/** How many run, wait, and for how long. */
export interface FairQueueOptions {
  /** Calls under way at once, 1 or more. */
  readonly slots: number
  /** Calls that wait, of all tenants and of each. */
  readonly maxWaiting: number
  readonly maxWaitingPerTenant: number
  readonly maxWaitMs: number
  readonly clock: Clock
  readonly timer: Timer
}

/** A place among the calls under way. */
export interface Slot {
  /** Gives it to the next; a second time does nothing. */
  release(): void
}

interface Waiter {
  readonly grant: (slot: Slot) => void
}

interface Tenant {
  share: QueueShare
  running: number
  /** How long it has held slots for its weight: of those that wait, the one with least is next. */
  virtualMs: number
  /** How long its calls take, on average. */
  meanMs: number
  readonly waiting: Set<Waiter>
}

/** Tenants without calls that are remembered for what they owe; the oldest are forgotten. */
const MAX_RESTING = 1_024
/** How much of the mean time is replaced by each call. */
const MEAN_STEP = 0.1

/**
 * Shares slots among tenants by weight: of those that wait, the one that has held slots for the least time for its weight
 * is next (start-time fair queuing over the time that slots are held: each call is charged its tenant's mean
 * time when it starts, and what it really took when it ends). A tenant that asks for less than its share never waits for more than the next
 * slot to come free. Constant time a call but for the choice of the next, which is linear in the tenants that wait.
 * @see Goyal, Vin, Cheng, 1996, "Start-time Fair Queuing"
 */
export class FairQueue {
  readonly #options: FairQueueOptions
  /** With calls under way or waiting. */
  readonly #tenants = new Map<string, Tenant>()
  readonly #resting = new Map<string, number>()
  #running = 0
  #waiting = 0
  #virtualMs = 0
  #meanMs = 1

  /**
   * An empty queue with all its slots free.
   * @throws StrataError invalid_configuration
   */
  constructor(options: FairQueueOptions) {
    if (!(options.slots >= 1)) {
      throw new StrataError('invalid_configuration', `Expected 1 slot or more, got ${options.slots}`)
    }
    this.#options = options
  }

  get running(): number {
    return this.#running
  }

  /** Tenants with calls under way or waiting. */
  get tenants(): number {
    return this.#tenants.size
  }

  get waiting(): number {
    return this.#waiting
  }

  /** A slot that is free now; undefined where one must be waited for. */
  tryAcquire(share: QueueShare): Slot | undefined {
    if (this.#running >= this.#options.slots) return undefined
    const tenant = this.#tenant(share)
    return isAble(tenant) ? this.#start(tenant) : undefined
  }

  /**
   * A slot, as soon as it is this tenant's turn.
   * @param deadlineMs on the clock of the queue, until which alone it is worth waiting
   * @throws StrataError rate_limited where the tenant has too much of its own, overloaded where all together have;
   * the signal's reason
   */
  acquire(share: QueueShare, signal: AbortSignal, deadlineMs = Infinity): Promise<Slot> {
    if (signal.aborted) return Promise.reject(signal.reason)
    const slot = this.tryAcquire(share)
    if (slot !== undefined) return Promise.resolve(slot)
    const { maxWaiting, maxWaitingPerTenant, maxWaitMs, clock, timer } = this.#options
    const tenant = this.#tenant(share)
    if (tenant.waiting.size >= maxWaitingPerTenant || this.#waiting >= maxWaiting) {
      // A tenant that may fill the whole queue has no limit of its own to be told of.
      const isAlone = tenant.waiting.size >= maxWaitingPerTenant && maxWaitingPerTenant < maxWaiting
      const refusal = isAlone ? tooManyOfOne(tenant) : tooMany(this.#options)
      this.#rest(tenant)
      return Promise.reject(refusal)
    }

    return new Promise((resolve, reject) => {
      const leave = (error: unknown) => {
        stopWaiting()
        tenant.waiting.delete(waiter)
        this.#waiting--
        this.#rest(tenant)
        reject(error)
      }
      const onAbort = () => leave(signal.reason)
      const stopWaiting = () => {
        cancelTimer()
        signal.removeEventListener('abort', onAbort)
      }
      const waiter: Waiter = {
        grant: (granted) => {
          stopWaiting()
          resolve(granted)
        },
      }
      const waitMs = Math.max(0, Math.min(maxWaitMs, deadlineMs - clock.monotonicMs()))
      const cancelTimer = timer(
        () => leave(isAble(tenant) ? waitedTooLong(this.#options, waitMs) : tooManyOfOne(tenant)),
        waitMs,
      )
      signal.addEventListener('abort', onAbort)
      tenant.waiting.add(waiter)
      this.#waiting++
    })
  }

  #tenant(share: QueueShare): Tenant {
    // One such weight would spoil the order of all.
    if (!(share.weight > 0)) {
      throw new StrataError(
        'invalid_configuration',
        `Expected a weight above 0 for tenant ${share.tenant}, got ${share.weight}`,
      )
    }
    let tenant = this.#tenants.get(share.tenant)
    if (tenant === undefined) {
      const virtualMs = this.#resting.get(share.tenant) ?? 0
      this.#resting.delete(share.tenant)
      tenant = { share, running: 0, virtualMs, meanMs: this.#meanMs, waiting: new Set() }
      this.#tenants.set(share.tenant, tenant)
    }
    tenant.share = share
    // Time in which it wanted nothing more than it had is not saved up.
    if (tenant.waiting.size === 0) tenant.virtualMs = Math.max(tenant.virtualMs, this.#virtualMs)
    return tenant
  }

  #start(tenant: Tenant): Slot {
    const { clock } = this.#options
    this.#virtualMs = Math.max(this.#virtualMs, tenant.virtualMs)
    const chargedMs = tenant.meanMs
    tenant.virtualMs += chargedMs / tenant.share.weight
    tenant.running++
    this.#running++
    const startMs = clock.monotonicMs()
    let isHeld = true
    return {
      release: () => {
        if (!isHeld) return
        isHeld = false
        // Even a call that took no time took a turn.
        const heldMs = Math.max(1, clock.monotonicMs() - startMs)
        this.#meanMs += MEAN_STEP * (heldMs - this.#meanMs)
        tenant.meanMs += MEAN_STEP * (heldMs - tenant.meanMs)
        tenant.virtualMs += (heldMs - chargedMs) / tenant.share.weight
        tenant.running--
        this.#running--
        this.#rest(tenant)
        this.#startNext()
      },
    }
  }

  #startNext(): void {
    while (this.#waiting > 0 && this.#running < this.#options.slots) {
      const tenant = this.#next()
      if (tenant === undefined) return
      const waiter = tenant.waiting.values().next().value!
      tenant.waiting.delete(waiter)
      this.#waiting--
      waiter.grant(this.#start(tenant))
    }
  }

  #next(): Tenant | undefined {
    let first: Tenant | undefined
    for (const tenant of this.#tenants.values()) {
      if (tenant.waiting.size === 0 || !isAble(tenant)) continue
      if (first === undefined || tenant.virtualMs < first.virtualMs) first = tenant
    }
    return first
  }

  /** Forgets a tenant without calls, but for what it owes while others wait. */
  #rest({ share: { tenant: name }, running, waiting, virtualMs }: Tenant): void {
    if (running > 0 || waiting.size > 0) return
    this.#tenants.delete(name)
    if (this.#waiting === 0 || virtualMs <= this.#virtualMs) return
    this.#resting.set(name, virtualMs)
    if (this.#resting.size > MAX_RESTING) this.#resting.delete(this.#resting.keys().next().value!)
  }
}

const isAble = ({ running, share }: Tenant): boolean => running < (share.maxRunning ?? Infinity)

const tooManyOfOne = ({ share, running, waiting }: Tenant) =>
  new StrataError(
    'rate_limited',
    `${share.tenant === '' ? 'Too many calls at once' : `Tenant ${share.tenant} makes too many calls at once`}: ${running} under way, ${waiting.size} waiting; send fewer at a time, or raise its limit`,
  )

const tooMany = ({ slots, maxWaiting }: FairQueueOptions) =>
  new StrataError(
    'overloaded',
    `All ${slots} calls that may be under way are, and ${maxWaiting} wait; try again later`,
  )

const waitedTooLong = ({ slots }: FairQueueOptions, waitMs: number) =>
  new StrataError(
    'overloaded',
    `Waited ${Math.round(waitMs)} ms for one of the ${slots} calls that may be under way to end; try again later`,
  )
