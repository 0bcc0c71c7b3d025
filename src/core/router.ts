import type {
  Decision,
  EncodeOptions,
  Encoder,
  Evaluation,
  FitProgress,
  FitReport,
  LabelledText,
  RouteOptions,
  RouteSet,
} from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import { checkRouteOptions, checkText } from './check-query.ts'
import { Decider } from './decider.ts'
import { withChangedRoute, withNewRoute, withoutRoute } from './edit-route-set.ts'
import { checkLabels } from './evaluation/check-labels.ts'
import { evaluateDecisions } from './evaluation/evaluate.ts'
import { explain } from './explain.ts'
import { type FitOptions, fitSnapshot, keptThreshold } from './fit-snapshot.ts'
import { parseRoute } from './parse-route-set.ts'
import { updateProvisionally } from './provisional-update.ts'
import type { SnapshotData } from './snapshot-data.ts'
import { contentHash, readSnapshot, readSnapshotInSteps, writeSnapshot } from './snapshot-file.ts'
import { textsToFit } from './training-texts.ts'

export type { FitOptions } from './fit-snapshot.ts'

// Up to this many texts a full fit takes about 20 ms, so that an edit needs no provisional stage.
export const QUICK_FIT_TEXTS = 100

/**
 * Decides which route a text belongs to. One snapshot decides at any time; an edit or a fit puts another in its
 * place in one assignment.
 */
export class Router {
  /** The encoder whose vectors this router reads. */
  readonly encoder: Encoder
  #decider: Decider
  #provisional: boolean

  protected constructor(
    snapshot: SnapshotData,
    encoder: Encoder,
    hash: string,
    provisional: boolean,
    before?: Decider,
  ) {
    this.encoder = encoder
    this.#decider = new Decider(snapshot, encoder, hash, before)
    this.#provisional = provisional
  }

  /**
   * Fits head and calibration of a checked route set (see `parseRouteSet`).
   * @throws StrataError `invalid_rule`, `invalid_data`, `not_enough_data`
   * @remarks Synchronous: about 20 ms for 100 texts, 1 s for 1,500 texts in 150 routes, 10 s for 15,000.
   */
  static compile(routeSet: RouteSet, encoder: Encoder, options: FitOptions = {}): Router {
    const snapshot = fitSnapshot(routeSet, encoder, options)
    return new Router(snapshot, encoder, contentHash(snapshot, false), false)
  }

  /**
   * A router from what `save` returned; it decides the same, bit for bit.
   * @param bytes not kept
   * @throws StrataError `invalid_snapshot`, or `encoder_mismatch` when another encoder made it
   */
  static load(bytes: Uint8Array, encoder: Encoder): Router {
    const { snapshot, contentHash: hash, provisional } = readSnapshot(bytes, encoder)
    return new Router(snapshot, encoder, hash, provisional)
  }

  /**
   * As `load`, in steps between which other work gets its turn, each of a few milliseconds.
   * @param sha256 of bytes, in lower-case hexadecimal; a step ends wherever it is waited for
   * @param before a router of the same encoder from whose words those of the new one are made, quickly where most are the same
   */
  static async loadInSteps(
    bytes: Uint8Array,
    encoder: Encoder,
    { sha256, before }: { sha256: (bytes: Uint8Array) => Promise<string>; before?: Router | undefined },
  ): Promise<Router> {
    const { snapshot, contentHash: hash, provisional } = await readSnapshotInSteps(bytes, encoder, sha256)
    return new Router(
      snapshot,
      encoder,
      hash,
      provisional,
      before === undefined ? undefined : before.#decider,
    )
  }

  /** Name of the snapshot that decides now: 32 hexadecimal digits, a hash of its content. */
  get snapshot(): string {
    return this.#decider.fingerprint
  }

  /** True after an edit until the next full fit. */
  get provisional(): boolean {
    return this.#provisional
  }

  /** The route set that decides now, as checked. */
  get routeSet(): RouteSet {
    return this.#decider.snapshot.routeSet
  }

  /** What the last fit did; after a provisional edit, with the numbers of routes and examples as they are now. */
  get report(): FitReport {
    return this.#decider.snapshot.report
  }

  /**
   * Decides one text.
   * @throws StrataError `invalid_request` for options out of range or names of routes that do not exist
   * @remarks About 7 µs with 150 routes of 20 examples; linear in the number of routes and the length of the text.
   */
  route(text: string, options: RouteOptions = {}): Decision {
    checkText(text)
    checkRouteOptions(options, this.routeSet)
    const start = performance.now()
    const decision = options.explain
      ? explain(this.#decider, text, options)
      : this.#decider.decide(text, options)
    return withLatency(decision, start)
  }

  /** False when only the calls that end in `Async` work, as the encoder has to be waited for. */
  get isSynchronous(): boolean {
    return true
  }

  /**
   * As `route`; works with every encoder, like all calls that end in `Async`.
   * @throws StrataError `aborted` when `signal` is
   */
  async routeAsync(
    text: string,
    { signal, ...options }: RouteOptions & EncodeOptions = {},
  ): Promise<Decision> {
    mustGoOn(signal)
    return this.route(text, options)
  }

  /**
   * Decides by a vector that the caller has computed with the same encoder; of the rules those on metadata apply.
   * @param vector of the encoder's dimensions; brought to unit length here
   * @throws StrataError `dimension_mismatch`, `invalid_request`
   */
  routeVector(vector: Float32Array, options: RouteOptions = {}): Decision {
    if (vector.length !== this.encoder.dimensions) {
      throw new StrataError(
        'dimension_mismatch',
        `Expected a vector of ${this.encoder.dimensions} numbers, as the encoder ${this.encoder.name} makes them, got ${vector.length}.`,
      )
    }
    if (options.explain) {
      throw new StrataError(
        'invalid_request',
        'Expected a text with explain: a vector has no words to explain by. Leave explain out, or route the text.',
      )
    }
    checkRouteOptions(options, this.routeSet)
    const start = performance.now()
    return withLatency(this.#decider.decideVector(unitVector(vector), options), start)
  }

  /** Decides texts one by one, exactly as `route` does. */
  routeMany(texts: readonly string[], options: RouteOptions = {}): Decision[] {
    return texts.map((text) => this.route(text, options))
  }

  /** As `routeMany`. */
  async routeManyAsync(
    texts: readonly string[],
    { signal, ...options }: RouteOptions & EncodeOptions = {},
  ): Promise<Decision[]> {
    mustGoOn(signal)
    return this.routeMany(texts, options)
  }

  /**
   * Adds a route; live at once.
   * @param route in any of the shapes that route files take
   * @throws StrataError `invalid_route_set` with every problem in `details`, `route_exists`
   */
  add(route: unknown): void {
    this.replace(withNewRoute(this.routeSet, parseRoute(route)))
  }

  /**
   * Replaces the route of the same name; live at once.
   * @param route in any of the shapes that route files take
   * @throws StrataError `invalid_route_set` with every problem in `details`, `route_not_found`
   */
  update(route: unknown): void {
    this.replace(withChangedRoute(this.routeSet, parseRoute(route)))
  }

  /**
   * Takes a route away; live at once.
   * @throws StrataError `route_not_found`
   */
  remove(name: string): void {
    this.replace(withoutRoute(this.routeSet, name))
  }

  /**
   * Puts another route set in the place of the present one, live at once: small sets by a full fit, larger ones by
   * a provisional update of what changed, until `refit`.
   */
  replace(routeSet: RouteSet): void {
    const { scorer, snapshot } = this.#decider
    const threshold = keptThreshold(snapshot, routeSet)
    if (textsToFit(routeSet) <= QUICK_FIT_TEXTS)
      this.adopt(fitSnapshot(routeSet, this.encoder, {}, threshold), false)
    else this.adopt(updateProvisionally(scorer, routeSet, this.encoder, threshold), true)
  }

  /** Fits the present route set in full; of a calibration by labelled data, if there was one, the threshold is kept. */
  refit(onProgress?: FitProgress): FitReport {
    const threshold = keptThreshold(this.#decider.snapshot, this.routeSet)
    const options = onProgress ? { onProgress } : {}
    this.adopt(fitSnapshot(this.routeSet, this.encoder, options, threshold), false)
    return this.report
  }

  /**
   * Fits the present route set in full and calibrates it on labelled data.
   * @throws StrataError `invalid_data` for labels that name no route, `not_enough_data` when `maxErrorRate` cannot be promised
   */
  fit(options: FitOptions = {}): FitReport {
    this.adopt(fitSnapshot(this.routeSet, this.encoder, options), false)
    return this.report
  }

  /** Has another snapshot of the same encoder decide from now on. */
  protected adopt(snapshot: SnapshotData, provisional: boolean): void {
    this.#decider = new Decider(snapshot, this.encoder, contentHash(snapshot, provisional), this.#decider)
    this.#provisional = provisional
  }

  /**
   * Scores the router on labelled data.
   * @throws StrataError `invalid_data` for labels that name no route
   */
  evaluate(data: readonly LabelledText[], options: RouteOptions = {}): Evaluation {
    checkLabels(
      data,
      this.routeSet.routes.map(({ name }) => name),
    )
    const decisions = data.map(({ text }) => this.route(text, options))
    return evaluateDecisions(
      data,
      decisions,
      decisions.map(({ latencyUs }) => latencyUs),
    )
  }

  /** As `add`. */
  async addAsync(route: unknown, { signal }: EncodeOptions = {}): Promise<void> {
    mustGoOn(signal)
    this.add(route)
  }

  /** As `update`. */
  async updateAsync(route: unknown, { signal }: EncodeOptions = {}): Promise<void> {
    mustGoOn(signal)
    this.update(route)
  }

  /** As `remove`. */
  async removeAsync(name: string, { signal }: EncodeOptions = {}): Promise<void> {
    mustGoOn(signal)
    this.remove(name)
  }

  /** As `replace`. */
  async replaceAsync(routeSet: RouteSet, { signal }: EncodeOptions = {}): Promise<void> {
    mustGoOn(signal)
    this.replace(routeSet)
  }

  /** As `fit`. */
  async fitAsync({ signal, ...options }: FitOptions & EncodeOptions = {}): Promise<FitReport> {
    mustGoOn(signal)
    return this.fit(options)
  }

  /** As `evaluate`. */
  async evaluateAsync(
    data: readonly LabelledText[],
    { signal, ...options }: RouteOptions & EncodeOptions = {},
  ): Promise<Evaluation> {
    mustGoOn(signal)
    return this.evaluate(data, options)
  }

  /** The snapshot that decides now as bytes, for `load`. */
  save(): Uint8Array {
    const { scorer, fingerprint } = this.#decider
    return writeSnapshot({
      snapshot: scorer.wholeSnapshot(),
      contentHash: fingerprint,
      provisional: this.#provisional,
    })
  }
}

function mustGoOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new StrataError('aborted', 'The call was aborted before it was begun.', { cause: signal.reason })
}

function withLatency(decision: Decision, start: number): Decision {
  ;(decision as { latencyUs: number }).latencyUs = Math.round((performance.now() - start) * 10_000) / 10
  return decision
}

/** A copy of unit length; the zero vector and anything not finite are refused. */
function unitVector(vector: Float32Array): Float32Array {
  let squares = 0
  for (const x of vector) squares += x * x
  if (!(squares > 0) || !Number.isFinite(squares)) {
    throw new StrataError('invalid_request', 'Expected a vector of finite numbers that are not all zero.')
  }
  const length = Math.sqrt(squares)
  return vector.map((x) => x / length)
}
