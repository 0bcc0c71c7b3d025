import { createHash } from 'node:crypto'
import type {
  FeedbackRow,
  FitInputs,
  FitOutcome,
  KeyedFitInputs,
  LabelledText,
  RouteSet,
  RouteStore,
  StateChange,
  StoredRouteSet,
  StoredVersion,
  VersionState,
  WriteCondition,
} from '../contracts/index.ts'
import { checkLabels } from '../core/evaluation/check-labels.ts'
import type { Router } from '../core/index.ts'
import { StrataError } from '../errors/index.ts'
import { labelledRows } from './labelled-rows.ts'
import type { LiveRouteSet, LiveRouteSets } from './live-route-sets.ts'
import { contentOf, type RouteSetLoader, trialOf } from './route-set-loader.ts'
import { assertVersion, type RouteSetLimits, type RouteSetWriter } from './route-set-writer.ts'
import type { FitContent, RouterFactory } from './router-factory.ts'
import type { ShadowAgreement, ShadowDecisions } from './shadow-decisions.ts'

/** What to fit; what is not said is as in the version that decides. */
export interface FitRequest {
  /** A whole new route set. */
  readonly routeSet?: RouteSet
  readonly data?: readonly LabelledText[]
  readonly maxErrorRate?: number
  /** Whether feedback counts as labelled data; it does unless this is false. */
  readonly useFeedback?: boolean
  /** What the new version is for; `candidate` if absent. */
  readonly state?: Exclude<VersionState, 'superseded'>
  readonly share?: number
}

/** The new version of a fit. */
interface FittedVersion extends StateChange {
  readonly version: number
  readonly outcome: FitOutcome
  /** Labelled rows that it was fitted with, and how many of them came from feedback. */
  readonly rows: number
  readonly feedbackRows: number
}

export interface RouteSetVersionsOptions {
  readonly store: RouteStore
  readonly factory: RouterFactory
  readonly limits: RouteSetLimits
  /** What people have said of messages of a set, oldest first. */
  readonly feedbackRows?: (set: string) => Promise<readonly FeedbackRow[]>
}

interface Parts {
  readonly live: LiveRouteSets
  readonly loader: RouteSetLoader
  readonly writer: RouteSetWriter
  readonly shadows: ShadowDecisions
}

/** Fits asked for that may wait at a time; each holds its data. */
const MOST_FITS = 8
const DEFAULT_SHARES: Partial<Record<VersionState, number>> = { shadow: 1, canary: 0.1 }

/** The versions of route sets: going back to one, fitting new ones with data, trying them out, making them active. */
export class RouteSetVersions {
  readonly #options: RouteSetVersionsOptions
  readonly #parts: Parts
  #fits = 0
  #jobs = 0

  constructor(options: RouteSetVersionsOptions, parts: Parts) {
    this.#options = options
    this.#parts = parts
  }

  /** Versions kept, newest first; none where nothing is stored under the name, as of a set that a file is the source of. */
  async list(name: string): Promise<readonly StoredVersion[]> {
    this.#parts.live.get(name)
    return this.#parts.loader.isReadOnly(name) ? [] : this.#options.store.versions(name)
  }

  /** One version, whole; `version_not_found` names those that are kept. */
  async get(name: string, version: number): Promise<StoredRouteSet> {
    const { live, loader } = this.#parts
    live.get(name)
    const stored = loader.isReadOnly(name) ? null : await this.#options.store.get(name, version)
    if (stored) return stored
    throw await this.#isGone(name, version)
  }

  async #isGone(name: string, version: number): Promise<StrataError> {
    const versions = (await this.list(name)).map((other) => other.version).join(', ')
    return new StrataError(
      'version_not_found',
      `The route set ${name} has no version ${version}${versions ? `; kept are ${versions}` : ', as nothing is stored under that name'}.`,
    )
  }

  async fitInputs({ fitInputsKey }: FitContent): Promise<FitInputs | null> {
    return fitInputsKey === undefined ? null : this.#options.store.fitInputs(fitInputsKey)
  }

  /**
   * A version as it would decide; the active one if none is given.
   * @throws StrataError `version_not_found`, also where the version is kept but would have to be fitted again first
   */
  async open(
    name: string,
    version?: number,
  ): Promise<{ readonly version: number; readonly content: FitContent; readonly router: Router }> {
    const { live } = this.#parts
    const current = live.get(name)
    if (version === undefined || version === current.version) {
      return { version: current.version, content: current.content, router: current.router }
    }
    const content = contentOf(await this.get(name, version))
    const router = trialOf(current, version)?.router ?? (await live.ready(content))
    if (router) return { version, content, router }
    throw new StrataError(
      'version_not_found',
      `Version ${version} of the route set ${name} is stored, but it is so long ago that it was fitted that it must be fitted again. POST /v1/route-sets/${name}/versions/${version}/state with {"state": "shadow"} does that, and decides nothing.`,
    )
  }

  /** How often the shadow of the set, if that is `version`, has agreed; null otherwise. */
  agreement(name: string, version: number): ShadowAgreement | null {
    const isShadow = this.#parts.live.find(name)?.shadow?.version === version
    return isShadow ? this.#parts.shadows.agreement(name) : null
  }

  /** Makes a new version with the content of an older one, which then decides bit for bit as that did. */
  rollback(name: string, version: number, condition: WriteCondition = {}): Promise<number> {
    const { live, writer } = this.#parts
    return writer.write(name, condition, async (_, expectedVersion) => {
      const content = contentOf(await this.get(name, version))
      const router = await live.fit(name, content)
      const next = await this.#options.store.restore(name, version, { expectedVersion })
      // Another process may have deleted it meanwhile, as one of too many.
      if (next === null) throw await this.#isGone(name, version)
      live.serve(name, next.version, content, router)
      return next.version
    })
  }

  /**
   * Fits a new version in another process while the set decides and is edited as ever.
   * @throws StrataError `invalid_data`, `not_enough_data`, `invalid_route_set`, `overloaded` when 8 fits wait, and, where
   * the new version was to be active, `version_conflict` when the set was edited meanwhile
   */
  async fit(name: string, request: FitRequest, condition: WriteCondition = {}): Promise<FittedVersion> {
    const { live, writer } = this.#parts
    const before = live.get(name)
    writer.assertWritable(name)
    assertVersion(name, before.version, condition)
    const { state = 'candidate' } = request
    const change: StateChange = withShare(state, request.share)
    const routeSet = request.routeSet ?? before.content.routeSet
    writer.assertRoom(name, routeSet)
    if (request.data) {
      checkLabels(
        request.data,
        routeSet.routes.map((route) => route.name),
      )
    }
    if (this.#fits >= MOST_FITS) {
      throw new StrataError(
        'overloaded',
        `${MOST_FITS} fits are waiting already; try again when one is done.`,
      )
    }
    this.#fits++
    try {
      const { inputs, rows, feedbackRows } = await this.#inputsOf(name, request, before)
      const { router, outcome } = await this.#options.factory.makeCandidate(
        `${name} fit ${this.#jobs++}`,
        routeSet,
        inputs,
        live.keysInUse,
      )
      // A fit that is to decide must not undo what was edited while it went on.
      const isActive = state === 'active'
      const version = await writer.write(name, isActive ? { expectedVersion: before.version } : {}, () =>
        this.#storeFitted(name, { routeSet: router.routeSet, inputs, outcome, router, change }),
      )
      return { ...change, version, outcome, rows, feedbackRows }
    } finally {
      this.#fits--
    }
  }

  /**
   * Makes a version shadow, canary or active, or retires it (`superseded`).
   * @throws StrataError `version_not_found`, `version_conflict`, `invalid_request`
   */
  setState(
    name: string,
    version: number,
    { state, share }: StateChange,
    condition: WriteCondition = {},
  ): Promise<StateChange> {
    const { live, loader, writer } = this.#parts
    const change = withShare(state, share)
    return writer.write(name, condition, async (current, expectedVersion) => {
      const stored = await this.get(name, version)
      // Fitted before anything changes, so that what cannot be fitted never decides.
      const router = state === 'superseded' ? undefined : await this.#routerOf(name, stored, current)
      if (!(await this.#options.store.setState(name, version, change, { expectedVersion }))) {
        await this.get(name, version)
      }
      if (state === 'active' && router) live.serve(name, version, contentOf(stored), router)
      await loader.loadTrials(name)
      return change
    })
  }

  async #routerOf(name: string, stored: StoredRouteSet, current: LiveRouteSet | undefined): Promise<Router> {
    const { version } = stored
    if (current?.version === version && !current.provisional) return current.router
    const known = trialOf(current, version)
    return known?.router ?? (await this.#parts.live.fit(`${name} version ${version}`, contentOf(stored)))
  }

  async #storeFitted(
    name: string,
    fitted: {
      readonly routeSet: RouteSet
      readonly inputs: KeyedFitInputs | undefined
      readonly outcome: FitOutcome
      readonly router: Router
      readonly change: StateChange
    },
  ): Promise<number> {
    const { live, loader } = this.#parts
    const { routeSet, inputs, outcome, router, change } = fitted
    const current = live.get(name)
    if (current.version === 0 && change.state !== 'active') {
      // What decides until now was never stored, and a candidate needs an active version beside it.
      const { version } = await this.#options.store.put(name, current.content, { expectedVersion: 0 })
      live.serve(name, version, current.content, current.router)
    }
    const content = { routeSet, ...(inputs ? { fitInputsKey: inputs.key } : {}) }
    const { version } = await this.#options.store.put(
      name,
      { ...content, outcome },
      { ...change, expectedVersion: live.get(name).version, ...(inputs ? { fitInputs: inputs } : {}) },
    )
    if (change.state === 'active') live.serve(name, version, content, router)
    else await loader.loadTrials(name)
    return version
  }

  /** The labelled rows of a fit: what is given, otherwise what the version before had, then feedback, the newest word on a text last. */
  async #inputsOf(
    name: string,
    { data, maxErrorRate, useFeedback = true }: FitRequest,
    { content }: LiveRouteSet,
  ): Promise<{
    readonly inputs: KeyedFitInputs | undefined
    readonly rows: number
    readonly feedbackRows: number
  }> {
    const { store, feedbackRows, limits } = this.#options
    const before =
      data === undefined && content.fitInputsKey !== undefined
        ? await store.fitInputs(content.fitInputsKey)
        : null
    const feedback = useFeedback && feedbackRows ? await feedbackRows(name) : (before?.feedback ?? [])
    const rate = maxErrorRate ?? before?.maxErrorRate
    const inputs: FitInputs = {
      data: data ?? before?.data ?? [],
      ...(feedback.length === 0 ? {} : { feedback }),
      ...(rate === undefined ? {} : { maxErrorRate: rate }),
    }
    const rows = labelledRows(inputs).length
    if (rows === 0 && rate === undefined) return { inputs: undefined, rows, feedbackRows: 0 }
    const bytes = Buffer.byteLength(JSON.stringify(inputs))
    if (rows > limits.fitRows || bytes > limits.fitBytes) {
      throw new StrataError(
        'invalid_data',
        `A version may be fitted with ${limits.fitRows} rows and ${limits.fitBytes} bytes (limits.fitRows, limits.fitBytes); here are ${rows} rows and ${bytes} bytes. Give fewer rows, or leave feedback out.`,
      )
    }
    // Of the ids, not the texts: a hash of a text that was taken back would tell it to whoever guesses it.
    const named = { ...inputs, feedback: feedback.map(({ id, route }) => ({ id, route })) }
    const key = createHash('sha256').update(JSON.stringify(named)).digest('hex')
    return { inputs: { key, inputs }, rows, feedbackRows: feedback.length }
  }
}

function withShare(state: VersionState, share: number | undefined): StateChange {
  const usual = DEFAULT_SHARES[state]
  if (usual !== undefined) return { state, share: share ?? usual }
  if (share === undefined) return { state }
  throw new StrataError(
    'invalid_request',
    `Expected a share for shadow or canary only, got one for ${state}.`,
  )
}
