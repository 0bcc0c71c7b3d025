import type { DriftReference } from '../contracts/index.ts'
import { compareHistograms, DRIFT_BINS, driftBin, groupBins } from './drift-statistics.ts'

export interface DriftStatus {
  /** `learning` until there is a reference to compare with, then `steady` or `drifting`. */
  readonly state: 'learning' | 'steady' | 'drifting'
  /** The larger of the two below, 0 or more; about 0.1 is a change, 0.25 a large one. */
  readonly drift: number
  /** How far confidence, and `outOfScope`, are from the reference. */
  readonly confidence: number
  readonly outOfScope: number
  /** Decisions that make up the reference, or have been learned so far. */
  readonly referenceDecisions: number
  /** Decisions in the window that was compared last. */
  readonly windowDecisions: number
}

/** Decisions that make a reference. */
const LEARNED = 1000
/** The window moves on by so many decisions. */
const BLOCK = 250
const BLOCKS = 8
const WIDTH = 2 * DRIFT_BINS
// A warning begins at the one and ends below the other, so that it does not flicker between.
const WARN_FROM = 0.1
const CALM_BELOW = 0.05

/**
 * Watches whether the decisions of one snapshot stay as they were: confidence and `outOfScope` of the last 2,000
 * against those of the reference, the first 1,000 unless one is given.
 * @remarks 3 kB. An observation is two searches over 40 bounds and allocates nothing; each 250th compares.
 */
export class DriftMonitor {
  #reference: DriftReference | null = null
  #groups: readonly [confidence: Int32Array, outOfScope: Int32Array] = [new Int32Array(0), new Int32Array(0)]
  /** While learning, what was seen; then the window in blocks, the oldest overwritten next. */
  readonly #blocks = new Int32Array(BLOCKS * WIDTH)
  #block = 0
  #inBlock = 0
  #filled = 0
  #status: DriftStatus = {
    state: 'learning',
    drift: 0,
    confidence: 0,
    outOfScope: 0,
    referenceDecisions: 0,
    windowDecisions: 0,
  }

  /** @returns the state until now when that has changed, otherwise null */
  observe(confidence: number, outOfScope: number): DriftStatus['state'] | null {
    const offset = this.#block * WIDTH
    this.#blocks[offset + driftBin(confidence)]!++
    this.#blocks[offset + DRIFT_BINS + driftBin(outOfScope)]!++
    this.#inBlock++
    if (this.#inBlock < (this.#reference === null ? LEARNED : BLOCK)) return null
    const { state } = this.#status
    if (this.#reference === null) {
      this.adopt({ counts: [...this.#blocks.subarray(0, WIDTH)], decisions: LEARNED })
    } else this.#finishBlock(this.#reference)
    return this.#status.state === state ? null : state
  }

  /** What is compared with, `DRIFT_BINS` counts by confidence and then as many by `outOfScope`; null while it is being learned. */
  get reference(): DriftReference | null {
    return this.#reference
  }

  /** Compares with this from now on. */
  adopt(reference: DriftReference): void {
    this.#reference = reference
    this.#groups = [
      groupBins(reference.counts.slice(0, DRIFT_BINS)),
      groupBins(reference.counts.slice(DRIFT_BINS)),
    ]
    this.#blocks.fill(0)
    this.#block = 0
    this.#inBlock = 0
    this.#filled = 0
    this.#status = { ...this.#status, state: 'steady', referenceDecisions: reference.decisions }
  }

  get status(): DriftStatus {
    return this.#reference === null ? { ...this.#status, referenceDecisions: this.#inBlock } : this.#status
  }

  #finishBlock(reference: DriftReference): void {
    this.#filled = Math.min(BLOCKS, this.#filled + 1)
    this.#compare(reference)
    this.#block = (this.#block + 1) % BLOCKS
    this.#blocks.fill(0, this.#block * WIDTH, (this.#block + 1) * WIDTH)
    this.#inBlock = 0
  }

  #compare({ counts, decisions }: DriftReference): void {
    const window = new Float64Array(WIDTH)
    for (let at = 0; at < this.#blocks.length; at++) window[at % WIDTH]! += this.#blocks[at]!
    const [byConfidence, byScope] = this.#groups
    const confidence = compareHistograms(
      counts.slice(0, DRIFT_BINS),
      window.subarray(0, DRIFT_BINS),
      byConfidence,
    )
    const outOfScope = compareHistograms(counts.slice(DRIFT_BINS), window.subarray(DRIFT_BINS), byScope)
    const drift = Math.max(confidence.drift, outOfScope.drift)
    const isClear = [confidence, outOfScope].some((found) => found.isBeyondNoise && found.drift >= WARN_FROM)
    const isDrifting = this.#status.state === 'drifting' ? drift >= CALM_BELOW : isClear
    this.#status = {
      state: isDrifting ? 'drifting' : 'steady',
      drift,
      confidence: confidence.drift,
      outOfScope: outOfScope.drift,
      referenceDecisions: decisions,
      windowDecisions: this.#filled * BLOCK,
    }
  }
}
