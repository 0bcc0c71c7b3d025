/** When a breaker opens and closes. */
export interface BreakerOptions {
  /** How far back it looks. */
  readonly windowMs: number
  /** Below so many calls in the window it does not open. */
  readonly minimumCalls: number
  /** The share of failures, above 0 and up to 1, at which it opens. */
  readonly failureShare: number
  /** How long it stays open before it lets probes through. */
  readonly openMs: number
  /** How many probes it lets through, all of which must succeed for it to close; 1 or more. */
  readonly probes: number
  /** Called after each change. */
  readonly onChange?: (state: BreakerState) => void
}

/** `closed`: calls go through; `open`: none do; `half-open`: probes do. */
export type BreakerState = 'closed' | 'open' | 'half-open'

const SLICES = 10

/**
 * Keeps calls from a target that fails: closed, it counts over a rolling window; open, it lets nothing through; half-open,
 * a few probes. Knows no clock; times are milliseconds of any one monotonic clock. Constant time and size.
 *
 * A call enters, and tells by its permit how it went: what began under an earlier state says nothing of the present one.
 */
export class Breaker {
  readonly #options: BreakerOptions
  readonly #sliceMs: number
  readonly #successes = new Int32Array(SLICES)
  readonly #failures = new Int32Array(SLICES)
  #slice = 0
  #state: BreakerState = 'closed'
  #period = 1
  #openUntilMs = 0
  #probesUnderWay = 0
  #probesSucceeded = 0

  /** A breaker that is closed. */
  constructor(options: BreakerOptions) {
    this.#options = options
    this.#sliceMs = options.windowMs / SLICES
  }

  /** What it lets through now. */
  state(nowMs: number): BreakerState {
    return this.#state === 'open' && nowMs >= this.#openUntilMs ? 'half-open' : this.#state
  }

  /** Whether a call could enter now. */
  allows(nowMs: number): boolean {
    if (this.#state === 'closed') return true
    if (this.#state === 'open') return nowMs >= this.#openUntilMs
    return this.#probesUnderWay + this.#probesSucceeded < this.#options.probes
  }

  /** How long until a call could enter; 0 while probes are under way, since any may end at once. */
  msUntilAllowed(nowMs: number): number {
    return this.#state === 'open' ? Math.max(0, this.#openUntilMs - nowMs) : 0
  }

  /** The permit of a call, to be given back by exactly one of `succeeded`, `failed` and `abandoned`; 0 where it may not be made. */
  enter(nowMs: number): number {
    if (!this.allows(nowMs)) return 0
    if (this.#state === 'open') this.#change('half-open')
    if (this.#state === 'half-open') this.#probesUnderWay++
    return this.#period
  }

  /** Tells that a permitted call was answered. */
  succeeded(nowMs: number, permit: number): void {
    if (permit !== this.#period) return
    if (this.#state === 'closed') {
      this.#turn(nowMs)
      this.#successes[this.#slice % SLICES]!++
      return
    }
    this.#probesUnderWay--
    this.#probesSucceeded++
    if (this.#probesSucceeded >= this.#options.probes) this.#change('closed')
  }

  /** Tells that a permitted call failed. */
  failed(nowMs: number, permit: number): void {
    if (permit !== this.#period) return
    if (this.#state === 'half-open') {
      this.#open(nowMs)
      return
    }
    this.#turn(nowMs)
    this.#failures[this.#slice % SLICES]!++
    const failures = sum(this.#failures)
    const calls = failures + sum(this.#successes)
    const { minimumCalls, failureShare } = this.#options
    if (calls >= minimumCalls && failures >= failureShare * calls) this.#open(nowMs)
  }

  /** A call that was told to have succeeded failed after all: a stream that broke off. */
  brokeOff(nowMs: number, permit: number): void {
    if (permit !== this.#period) return
    // Which slice it is in does not matter: the sum over the window does.
    const slice = this.#successes.findIndex((count) => count > 0)
    if (slice >= 0) this.#successes[slice]!--
    this.failed(nowMs, permit)
  }

  /** The call says nothing of the target: it was aborted, or refused on the way. A probe's place is free again. */
  abandoned(permit: number): void {
    if (permit === this.#period && this.#state === 'half-open') this.#probesUnderWay--
  }

  #open(nowMs: number): void {
    this.#openUntilMs = nowMs + this.#options.openMs
    this.#change('open')
  }

  #change(state: BreakerState): void {
    this.#state = state
    this.#period++
    this.#probesUnderWay = 0
    this.#probesSucceeded = 0
    if (state === 'closed') {
      this.#successes.fill(0)
      this.#failures.fill(0)
    }
    this.#options.onChange?.(state)
  }

  /** Empties the slices that have gone by since the last call. */
  #turn(nowMs: number): void {
    const slice = Math.floor(nowMs / this.#sliceMs)
    if (slice <= this.#slice) return
    const gone = Math.min(SLICES, slice - this.#slice)
    for (let step = 1; step <= gone; step++) {
      this.#successes[(this.#slice + step) % SLICES] = 0
      this.#failures[(this.#slice + step) % SLICES] = 0
    }
    // A gap of more than the window empties all, wherever counting goes on.
    this.#slice = slice
  }
}

const sum = (counts: Int32Array): number => counts.reduce((total, count) => total + count, 0)
