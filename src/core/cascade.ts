import type { Decision, EncodeOptions, LabelledText, RouteOptions, RouteSet } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import { sha256 } from '../util/sha256.ts'
import { checkAsk, DEFAULT_ASK, sureness } from './ask-rule.ts'
import { Asker, mustGoOn } from './asker.ts'
import { AsyncRouter } from './async-router.ts'
import { withWordsOf } from './borrowed-words.ts'
import { calibrateCascade, HeldOutPair } from './cascade-calibration.ts'
import { joinDecisions, MOST_CANDIDATES, underThreshold } from './cascade-decision.ts'
import { type CascadeEvaluation, evaluateCascade } from './cascade-evaluation.ts'
import { type CascadeState, readCascade, writeCascade } from './cascade-file.ts'
import type { CascadeCounts, CascadeParts, CascadeReport } from './cascade-parts.ts'
import { withChangedRoute, withNewRoute, withoutRoute } from './edit-route-set.ts'
import type { FitOptions, WatchedFitOptions } from './fit-snapshot.ts'
import { parseRoute } from './parse-route-set.ts'
import { Router } from './router.ts'

/**
 * Two routers of one route set: one answers at once what it is sure of, the other, whose encoder has to be waited for,
 * is asked for the rest, and the two opinions are joined. What the join weighs, and below what confidence is asked, is
 * chosen by cross-validation on the examples.
 */
export class Cascade {
  readonly fast: Router
  readonly slow: AsyncRouter
  readonly #parts: CascadeParts
  readonly #asker: Asker
  #sure = 0
  #state: CascadeState
  #snapshot = ''
  /** True when the faster router is another's, who may edit it. */
  #isAround = false
  #edits: Promise<unknown> = Promise.resolve()

  private constructor(fast: Router, slow: AsyncRouter, state: CascadeState, parts: CascadeParts) {
    this.fast = fast
    this.slow = slow
    this.#state = state
    this.#parts = parts
    this.#asker = new Asker(parts)
    this.#name()
  }

  /**
   * Fits both routers of a checked route set, and how they are joined.
   * @throws StrataError as `Router.compile`, `encoder_failed`, `aborted`
   */
  static async compile(
    routeSet: RouteSet,
    parts: CascadeParts,
    { signal, ...options }: FitOptions & EncodeOptions = {},
  ): Promise<Cascade> {
    const ask = checkAsk(parts.ask ?? DEFAULT_ASK)
    const held = new HeldOutPair(routeSet.routes.length)
    const watched: WatchedFitOptions = {
      ...(options.onProgress ? { onProgress: options.onProgress } : {}),
      onHeldOut: held.watch,
    }
    const slow = await AsyncRouter.compileAsync(routeSet, withWordsOf(parts.fast, parts.slow), {
      ...watched,
      signal,
    })
    const fast = Router.compile(routeSet, parts.fast, watched)
    const state = held.calibrate(ask, fast.report.thresholds.default)
    const cascade = new Cascade(fast, slow, state, parts)
    if (options.data) await cascade.#fit(options, { signal })
    else checkPromise(options)
    return cascade
  }

  /**
   * A cascade from what `save` returned; it decides the same, bit for bit.
   * @throws StrataError `invalid_snapshot`, `encoder_mismatch`
   */
  static load(bytes: Uint8Array, parts: CascadeParts): Cascade {
    const { state, fast, slow } = readCascade(bytes)
    return new Cascade(
      Router.load(fast, parts.fast),
      AsyncRouter.loadAsync(slow, withWordsOf(parts.fast, parts.slow)),
      state,
      parts,
    )
  }

  /**
   * A cascade from what `save` returned around a router that decides already; of the saved faster one nothing is kept.
   * Decisions name the snapshot of that router.
   * @param fast a router of the same routes, fitted otherwise perhaps, whose threshold then holds; once its routes are
   *   edited it needs another cascade
   * @throws StrataError `invalid_snapshot`, `encoder_mismatch`
   */
  static around(fast: Router, bytes: Uint8Array, parts: CascadeParts): Cascade {
    const { state, slow } = readCascade(bytes)
    const around = new Cascade(
      fast,
      AsyncRouter.loadAsync(slow, withWordsOf(parts.fast, parts.slow)),
      state,
      parts,
    )
    around.#isAround = true
    return around
  }

  /** Name of what decides now: 32 hexadecimal digits, a hash of both snapshots and of how they are joined. */
  get snapshot(): string {
    return this.#snapshot
  }

  /** The route set that decides now, as checked. */
  get routeSet(): RouteSet {
    return this.fast.routeSet
  }

  /** What the last fit did. */
  get report(): CascadeReport {
    const { askBelow, join } = this.#state
    return { fast: this.fast.report, slow: this.slow.report, askBelow, join }
  }

  /** How often the faster router was sure, and what came of the other times. */
  get counts(): CascadeCounts {
    const { 'timed-out': timedOut, ...others } = this.#asker.counts
    return { sure: this.#sure, ...others, timedOut }
  }

  /**
   * The decision of the faster router if it is sure, otherwise null: `routeAsync` asks then.
   * @throws StrataError `invalid_request`
   */
  routeIfSure(text: string, options: RouteOptions = {}): Decision | null {
    const decision = this.#fastDecision(text, options)
    return this.#countIfSure(decision) ? decision : null
  }

  /**
   * Decides one text as `routeAsync` does, but at once, without a promise, where the faster router is sure.
   * @throws StrataError `invalid_request`; what it promises fails with `aborted`
   */
  route(
    text: string,
    { signal, ...options }: RouteOptions & EncodeOptions = {},
  ): Decision | Promise<Decision> {
    const start = performance.now()
    const decision = this.#fastDecision(text, options)
    return this.#countIfSure(decision) ? decision : this.#ask(text, options, signal, decision, start)
  }

  /**
   * Decides one text. When the slower encoder fails or takes too long, the faster router decides alone, and `asked`
   * says so.
   * @throws StrataError `invalid_request`, `aborted`
   */
  async routeAsync(text: string, options: RouteOptions & EncodeOptions = {}): Promise<Decision> {
    mustGoOn(options.signal)
    return this.route(text, options)
  }

  /** Decides texts one by one, exactly as `routeAsync` does. */
  async routeManyAsync(
    texts: readonly string[],
    options: RouteOptions & EncodeOptions = {},
  ): Promise<Decision[]> {
    const decisions: Decision[] = []
    for (const text of texts) decisions.push(await this.routeAsync(text, options))
    return decisions
  }

  /** Scores the cascade on labelled data, and says what asking gained. */
  async evaluateAsync(
    data: readonly LabelledText[],
    options: RouteOptions & EncodeOptions = {},
  ): Promise<CascadeEvaluation> {
    return evaluateCascade(this, data, options)
  }

  /**
   * Fits both routers anew, calibrates both and their join on labelled data.
   * @throws StrataError `invalid_data`, `invalid_request` for `maxErrorRate`, which is for single routers
   */
  fitAsync({ signal, ...options }: FitOptions & EncodeOptions = {}): Promise<CascadeReport> {
    return this.#inOrder(() => this.#fit(options, { signal }))
  }

  /** Adds a route; live when both routers have it. */
  addAsync(route: unknown, options: EncodeOptions = {}): Promise<void> {
    const added = parseRoute(route)
    return this.#inOrder(() => this.#replace(withNewRoute(this.routeSet, added), options))
  }

  /** Replaces the route of the same name; live when both routers have it. */
  updateAsync(route: unknown, options: EncodeOptions = {}): Promise<void> {
    const updated = parseRoute(route)
    return this.#inOrder(() => this.#replace(withChangedRoute(this.routeSet, updated), options))
  }

  /** Takes a route away. */
  removeAsync(name: string, options: EncodeOptions = {}): Promise<void> {
    return this.#inOrder(() => this.#replace(withoutRoute(this.routeSet, name), options))
  }

  /** Both snapshots and how they are joined as bytes, for `load`. */
  save(): Uint8Array {
    return writeCascade({ state: this.#state, fast: this.fast.save(), slow: this.slow.save() })
  }

  #name(): void {
    const parts = [this.fast.snapshot, this.slow.snapshot, JSON.stringify(this.#state)]
    this.#snapshot = sha256(new TextEncoder().encode(parts.join('\n'))).slice(0, 32)
  }

  #fastDecision(text: string, options: RouteOptions): Decision {
    const decision = this.fast.route(text, options)
    return {
      ...underThreshold(decision, this.routeSet, options.threshold, this.#threshold()),
      ...(this.#isAround ? {} : { snapshot: this.#snapshot }),
      encoder: this.fast.encoder.name,
    }
  }

  #threshold(): number {
    return this.#isAround ? this.fast.report.thresholds.default : this.#state.threshold
  }

  #countIfSure(decision: Decision): boolean {
    const isSure = this.#isSure(decision)
    if (isSure) this.#sure++
    return isSure
  }

  /** Nothing is refused that was not asked about. */
  #isSure(decision: Decision): boolean {
    if (decision.reason === 'rule' || this.routeSet.routes.length === 0) return true
    const { scopeWeight, askBelow } = this.#state
    return decision.route !== null && sureness(decision, scopeWeight) >= askBelow
  }

  /** @param alone the decision of the faster router, for as long as its routes are the same */
  async #ask(
    text: string,
    options: RouteOptions,
    caller: AbortSignal | undefined,
    alone: Decision,
    start: number,
  ): Promise<Decision> {
    const wide = { ...options, topK: MOST_CANDIDATES }
    const before = [this.fast.snapshot, this.slow.snapshot]
    const asked = await this.#asker.ask(async (signal) => {
      const slow = await this.slow.routeAsync(text, { ...wide, signal })
      if (this.fast.snapshot !== before[0] || this.slow.snapshot !== before[1])
        throw new Error('the routes were edited meanwhile, so that its answer is about others')
      return slow
    }, caller)
    const decision =
      asked.outcome === 'answered'
        ? // So many candidates cost as much as a decision, which those who are not asked about are spared.
          this.#joined(this.#fastDecision(text, wide), asked.answer, options)
        : {
            ...(this.fast.snapshot === before[0] ? alone : this.#fastDecision(text, options)),
            asked: asked.outcome,
          }
    return { ...decision, latencyUs: Math.round((performance.now() - start) * 10_000) / 10 }
  }

  #joined(fast: Decision, slow: Decision, options: RouteOptions): Decision {
    const joint = joinDecisions(fast, slow, this.#state.join, {
      routeSet: this.routeSet,
      threshold: options.threshold,
      defaultThreshold: this.#threshold(),
      topK: options.topK,
    })
    return { ...joint, encoder: this.slow.asyncEncoder.name, asked: 'answered' }
  }

  async #fit(options: FitOptions, waiting: EncodeOptions): Promise<CascadeReport> {
    checkPromise(options)
    await this.slow.fitAsync({ ...options, ...waiting })
    this.fast.fit(options)
    const { data } = options
    const threshold = this.routeSet.defaults?.threshold
    this.#state = { ...this.#state, threshold: threshold ?? this.fast.report.thresholds.default }
    if (data && data.length > 0) await this.#calibrate(data, waiting)
    this.#name()
    return this.report
  }

  /** Join, threshold and the confidence to ask below, by what both routers make of labelled texts. */
  async #calibrate(data: readonly LabelledText[], waiting: EncodeOptions): Promise<void> {
    const wide = { topK: MOST_CANDIDATES }
    const texts = data.map(({ text }) => text)
    const slow = await this.slow.routeManyAsync(texts, { ...wide, ...waiting })
    const fast = this.fast.routeMany(texts, wide)
    const labels = data.map(({ route }) => route)
    const ask = this.#parts.ask ?? DEFAULT_ASK
    this.#state = calibrateCascade(this.#state, { fast, slow, labels }, ask, this.routeSet)
  }

  async #replace(routeSet: RouteSet, options: EncodeOptions): Promise<void> {
    // First the one that can fail: then either both have the change or neither.
    await this.slow.replaceAsync(routeSet, options)
    this.fast.replace(routeSet)
    this.#state = { ...this.#state, threshold: routeSet.defaults?.threshold ?? this.#state.threshold }
    this.#name()
  }

  #inOrder<Result>(edit: () => Promise<Result>): Promise<Result> {
    const mine = this.#edits.then(edit)
    this.#edits = mine.catch(() => undefined)
    return mine
  }
}

function checkPromise({ maxErrorRate }: FitOptions): void {
  if (maxErrorRate === undefined) return
  throw new StrataError(
    'invalid_request',
    'Expected no maxErrorRate: an error rate can be promised for a router of one encoder only. Fit such a router, or leave it out.',
  )
}
