import type {
  AsyncEncoder,
  Decision,
  EncodeOptions,
  Evaluation,
  FitReport,
  LabelledText,
  RouteOptions,
  RouteSet,
} from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import { addVectors, StandInEncoder, settle, type Vectors } from './async-vectors.ts'
import { checkRouteOptions, checkText } from './check-query.ts'
import { withChangedRoute, withNewRoute, withoutRoute } from './edit-route-set.ts'
import { checkLabels } from './evaluation/check-labels.ts'
import { evaluateDecisions } from './evaluation/evaluate.ts'
import { type FitOptions, fitSnapshot } from './fit-snapshot.ts'
import { parseRoute } from './parse-route-set.ts'
import { isSameEvidence } from './route-set-changes.ts'
import { QUICK_FIT_TEXTS, Router } from './router.ts'
import type { SnapshotData } from './snapshot-data.ts'
import { contentHash, readSnapshot } from './snapshot-file.ts'
import { collectTrainingTexts, textsToFit } from './training-texts.ts'

type Waiting = EncodeOptions
/** Texts that `routeManyAsync` and `evaluateAsync` decide side by side. */
const SIDE_BY_SIDE = 64

/**
 * A router whose encoder has to be waited for. It decides exactly as a `Router` with the same vectors; every call that
 * needs a vector is asynchronous, and its synchronous namesake throws `invalid_request`.
 */
export class AsyncRouter extends Router {
  readonly asyncEncoder: AsyncEncoder
  readonly #standIn: StandInEncoder
  /** Edits and fits, one after the other: each begins with the set that the one before it left. */
  #edits: Promise<unknown> = Promise.resolve()

  private constructor(snapshot: SnapshotData, encoder: AsyncEncoder, hash: string, provisional: boolean) {
    const standIn = StandInEncoder.for(encoder)
    super(snapshot, standIn, hash, provisional)
    this.asyncEncoder = encoder
    this.#standIn = standIn
  }

  /**
   * Encodes all texts of a checked route set and fits head and calibration.
   * @throws StrataError as `Router.compile`, `encoder_failed`, `aborted`
   * @remarks The fit itself is synchronous and takes as long as with any encoder.
   */
  static async compileAsync(
    routeSet: RouteSet,
    encoder: AsyncEncoder,
    { signal, ...options }: FitOptions & Waiting = {},
  ): Promise<AsyncRouter> {
    const standIn = StandInEncoder.for(encoder)
    const vectors: Vectors = new Map()
    await addVectors(vectors, trainingTexts(routeSet), encoder, { signal })
    const { data: _, maxErrorRate: __, delta: ___, ...plain } = options
    const { result } = standIn.with(vectors, () => fitSnapshot(routeSet, standIn, plain))
    const router = new AsyncRouter(result, encoder, contentHash(result, false), false)
    if (options.data || options.maxErrorRate !== undefined) await router.#fit(options, { signal }, vectors)
    return router
  }

  /** As `Router.load`. */
  static loadAsync(bytes: Uint8Array, encoder: AsyncEncoder): AsyncRouter {
    const { snapshot, contentHash: hash, provisional } = readSnapshot(bytes, encoder)
    return new AsyncRouter(snapshot, encoder, hash, provisional)
  }

  override get isSynchronous(): boolean {
    return false
  }

  /**
   * Decides one text: encodes the message, and its parts where the whole is not sure.
   * @throws StrataError `invalid_request`, `encoder_failed`, `aborted`
   */
  override async routeAsync(
    text: string,
    { signal, ...options }: RouteOptions & Waiting = {},
  ): Promise<Decision> {
    checkText(text)
    checkRouteOptions(options, this.routeSet)
    const start = performance.now()
    const decision = await settle(this.#standIn, this.asyncEncoder, () => super.route(text, options), {
      signal,
    })
    return { ...decision, latencyUs: Math.round((performance.now() - start) * 10_000) / 10 }
  }

  /** Decides texts side by side, each as `routeAsync` does. */
  override async routeManyAsync(
    texts: readonly string[],
    options: RouteOptions & Waiting = {},
  ): Promise<Decision[]> {
    const decisions: Decision[] = []
    for (let start = 0; start < texts.length; start += SIDE_BY_SIDE) {
      const batch = texts.slice(start, start + SIDE_BY_SIDE)
      decisions.push(...(await Promise.all(batch.map((text) => this.routeAsync(text, options)))))
    }
    return decisions
  }

  /** As `Router.evaluate`. */
  override async evaluateAsync(
    data: readonly LabelledText[],
    options: RouteOptions & Waiting = {},
  ): Promise<Evaluation> {
    checkLabels(
      data,
      this.routeSet.routes.map(({ name }) => name),
    )
    const decisions = await this.routeManyAsync(
      data.map(({ text }) => text),
      options,
    )
    return evaluateDecisions(
      data,
      decisions,
      decisions.map(({ latencyUs }) => latencyUs),
    )
  }

  /** As `Router.fit`, once all texts are encoded. */
  override fitAsync({ signal, ...options }: FitOptions & Waiting = {}): Promise<FitReport> {
    return this.#inOrder(() => this.#fit(options, { signal }))
  }

  /** As `Router.add`; live once its texts are encoded. */
  override async addAsync(route: unknown, options: Waiting = {}): Promise<void> {
    const added = parseRoute(route)
    await this.#inOrder(() => this.#replace(withNewRoute(this.routeSet, added), options))
  }

  /** As `Router.update`; live once its texts are encoded. */
  override async updateAsync(route: unknown, options: Waiting = {}): Promise<void> {
    const updated = parseRoute(route)
    await this.#inOrder(() => this.#replace(withChangedRoute(this.routeSet, updated), options))
  }

  /** As `Router.remove`. */
  override async removeAsync(name: string, options: Waiting = {}): Promise<void> {
    await this.#inOrder(() => this.#replace(withoutRoute(this.routeSet, name), options))
  }

  /** As `Router.replace`; live once the texts that are new are encoded. */
  override async replaceAsync(routeSet: RouteSet, options: Waiting = {}): Promise<void> {
    await this.#inOrder(() => this.#replace(routeSet, options))
  }

  /** Throws: await `routeAsync`. */
  override route(): never {
    return mustWait('routeAsync')
  }

  /** Throws: await `routeManyAsync`. */
  override routeMany(): never {
    return mustWait('routeManyAsync')
  }

  /** Throws: await `evaluateAsync`. */
  override evaluate(): never {
    return mustWait('evaluateAsync')
  }

  /** Throws: await `addAsync`. */
  override add(): never {
    return mustWait('addAsync')
  }

  /** Throws: await `updateAsync`. */
  override update(): never {
    return mustWait('updateAsync')
  }

  /** Throws: await `removeAsync`. */
  override remove(): never {
    return mustWait('removeAsync')
  }

  /** Throws: await `replaceAsync`. */
  override replace(): never {
    return mustWait('replaceAsync')
  }

  /** Throws: await `fitAsync`. */
  override fit(): never {
    return mustWait('fitAsync')
  }

  /** Throws: await `fitAsync`. */
  override refit(): never {
    return mustWait('fitAsync')
  }

  async #replace(routeSet: RouteSet, options: Waiting): Promise<void> {
    const vectors: Vectors = new Map()
    await addVectors(vectors, this.#textsOfEdit(routeSet), this.asyncEncoder, options)
    this.#standIn.with(vectors, () => super.replace(routeSet))
  }

  /** A small set is fitted in full by an edit; of a larger one only what has changed is read. */
  #textsOfEdit(routeSet: RouteSet): string[] {
    if (textsToFit(routeSet) <= QUICK_FIT_TEXTS) return trainingTexts(routeSet)
    const before = new Map(this.routeSet.routes.map((route) => [route.name, route]))
    return trainingTexts({
      routes: routeSet.routes.filter((route) => {
        const old = before.get(route.name)
        return !(old && isSameEvidence(old, route))
      }),
    })
  }

  async #fit(options: FitOptions, waiting: Waiting, vectors: Vectors = new Map()): Promise<FitReport> {
    const { data = [] } = options
    checkLabels(
      data,
      this.routeSet.routes.map(({ name }) => name),
    )
    await addVectors(vectors, trainingTexts(this.routeSet), this.asyncEncoder, waiting)
    // What the fit will ask of the labelled texts is what deciding them asks for now, but for the rare part of a message.
    await settle(
      this.#standIn,
      this.asyncEncoder,
      () => data.map(({ text }) => super.route(text)),
      waiting,
      vectors,
    )
    const fitted = await settle(
      this.#standIn,
      this.asyncEncoder,
      () => fitSnapshot(this.routeSet, this.#standIn, options),
      waiting,
      vectors,
    )
    this.adopt(fitted, false)
    return this.report
  }

  #inOrder<Result>(edit: () => Promise<Result>): Promise<Result> {
    const mine = this.#edits.then(edit)
    this.#edits = mine.catch(() => undefined)
    return mine
  }
}

const trainingTexts = (routeSet: RouteSet): string[] => collectTrainingTexts(routeSet).map(({ text }) => text)

function mustWait(instead: string): never {
  throw new StrataError(
    'invalid_request',
    `Expected an encoder that need not be waited for, got one that must be: await ${instead} instead.`,
  )
}
