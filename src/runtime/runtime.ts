import type { Identity } from '../access/identity.ts'
import type { AnswerKeeper, Clock, ModelCall, ProviderAnswer, Span, TokenUsage } from '../contracts/index.ts'
import { type Attempt, AttemptLog } from '../execution/attempt-log.ts'
import type { FairQueue } from '../execution/fair-queue.ts'
import type { Operation } from '../execution/layer.ts'
import { SingleFlight } from '../execution/single-flight.ts'
import { watchedResult } from '../execution/watched-stream.ts'
import type { Cost } from '../pricing/cost-of.ts'
import { callerProtocols } from '../protocols/caller-protocols.ts'
import type { Admission, Admitted } from './admission.ts'
import { type AttemptRequest, answerStreams } from './attempt.ts'
import { assertAllowed, type Choice, ModelChooser } from './choose-model.ts'
import { coalescingKey } from './coalescing-key.ts'
import { ItemBook } from './item-book.ts'
import { KeptAnswer } from './kept-answer.ts'
import type { Deployment, ModelBook } from './model-book.ts'
import type { Purpose } from './purpose.ts'
import type { RoutedDecision, Routing } from './routing.ts'
import { answerKey, SessionBook } from './session-book.ts'

interface Waits {
  externalMs: number
}

interface ExecutionRequest {
  readonly call: ModelCall
  /** Default: an answer. Vectors need a model's own name. */
  readonly purpose?: Purpose
  /** A model, `auto`, or `route:NAME`. */
  readonly model: string
  /** That `auto` decides by; the default one if not given. */
  readonly routeSet?: string
  /** Names the conversation; by its first messages if not given. */
  readonly session?: string
  readonly identity: Identity
  /** Aborted when the caller has gone away. */
  readonly signal: AbortSignal
  /** Whether an equal call under way may answer this one too. Default true. */
  readonly mayCoalesce?: boolean
  /** Of the request, where it is traced: calls of providers become part of it. */
  readonly span?: Span | undefined
  /** Adds up what is spent waiting for others, in milliseconds, also where the call fails. */
  readonly waits?: Waits
}

/** A call that is being answered: of a stream, what grows until its end. */
export interface Execution {
  readonly id: string
  /** Undefined where a model was named; null for *no match*. */
  readonly route: string | null | undefined
  readonly decision: RoutedDecision | undefined
  /** The deployment that answers. */
  readonly deployment: Deployment
  readonly attempts: readonly Attempt<Deployment>[]
  readonly answer: ProviderAnswer
  /** Whether another caller's equal call answers this one, which then costs nothing. */
  readonly isCoalesced: boolean
  /** Waiting for others until the answer was there, or began, in milliseconds. */
  readonly externalMs: number
  usage(): TokenUsage | undefined
  /** Undefined while nothing is known of it. */
  cost(): Cost | undefined
}

/** What is shared by all whose calls are the same. */
interface Run {
  readonly answer: ProviderAnswer
  readonly log: AttemptLog<Deployment>
  readonly admitted: Admitted
}

export interface RuntimeOptions {
  readonly models: ModelBook
  readonly routing: Routing
  readonly defaultModel?: string
  readonly sessionMargin: number
  /** Whether equal calls under way are one. */
  readonly coalesces: boolean
  readonly attempt: Operation<AttemptRequest, ProviderAnswer>
  readonly admission: Admission
  readonly queue: FairQueue
  readonly clock: Clock
  readonly nextId: () => string
  /** Called for each call that an equal one answers. */
  readonly onCoalesced: () => void
}

/** Of a stream that is shared: what late readers may still get, and how far a slow one may fall behind. */
const SHARED_STREAM_BYTES = 256 * 1024
const ALL_SHARED_STREAMS_BYTES = 64 * 1024 * 1024
/** Characters of server-sent events are nearly all of one byte, and two in memory at most. */
const BYTES_A_CHARACTER = 2

/** Carries calls to models: decides where each goes, and has it answered there. */
export class Runtime {
  readonly #options: RuntimeOptions
  readonly #chooser: ModelChooser
  readonly #sessions = new SessionBook()
  readonly #items = new ItemBook()
  readonly #flights = new SingleFlight<Run, string>({
    events: ({ answer }) => answerStreams.events(answer) as AsyncIterable<string> | undefined,
    replace: (run, events) => ({ ...run, answer: answerStreams.replace(run.answer, events) }),
    sizeOf: (text) => text.length * BYTES_A_CHARACTER,
    bufferBytes: SHARED_STREAM_BYTES,
    totalBytes: ALL_SHARED_STREAMS_BYTES,
  })

  constructor(options: RuntimeOptions) {
    this.#options = options
    this.#chooser = new ModelChooser({ ...options, sessions: this.#sessions })
  }

  /**
   * Resolves when the answer is there, or has begun where it is streamed.
   * @throws StrataError `model_not_found`, `route_not_found`, `invalid_request`, `permission_denied`, `untranslatable`,
   *  `overloaded`, `all_attempts_failed`; LimitReached; ProviderFailure
   */
  async execute(asked: ExecutionRequest): Promise<Execution> {
    const request = this.#withItems(asked)
    const { call, purpose = 'answer', identity, signal } = request
    const choosing = purpose === 'embed' ? this.#chooser.alone(request.model) : this.#choose(request)
    const choice = allowedChoice(choosing instanceof Promise ? await choosing : choosing, identity)
    const key =
      request.mayCoalesce === false || !this.#options.coalesces
        ? undefined
        : coalescingKey(call, purpose, identity.tenant, choice)
    const waits = request.waits ?? { externalMs: 0 }
    // Each by its own limits and budgets, whoever's call answers it.
    const { models, route = null } = choice
    const admitting = this.#options.admission.admit({ call, purpose, identity, route, models })
    const own = admitting instanceof Promise ? await admitting : admitting
    const start = (ownSignal: AbortSignal) => this.#run(request, choice, own, ownSignal, waits)
    const joined = key === undefined ? undefined : this.#flights.join(key, signal, start)
    const isCoalesced = joined !== undefined && !joined.leads
    if (isCoalesced) own.released()
    const { answer, log, admitted } = await (joined === undefined
      ? start(signal)
      : isCoalesced
        ? waited(joined.result, waits, this.#options.clock)
        : joined.result)
    if (isCoalesced) this.#options.onCoalesced()
    return {
      id: this.#options.nextId(),
      route: choice.route,
      decision: choice.decision,
      deployment: (log.attempts.at(-1) as Attempt<Deployment>).target,
      attempts: log.attempts,
      answer,
      isCoalesced,
      externalMs: waits.externalMs,
      usage: () => (answer.kind === 'stream' ? answer.usage() : answer.usage),
      cost: () => admitted.cost(),
    }
  }

  #choose({ call, model, routeSet, session, identity }: ExecutionRequest): Choice | Promise<Choice> {
    const protocol = callerProtocols[call.protocol]
    const previous = protocol.earlierAnswers?.previousId(call.body)
    return this.#chooser.choose({
      name: model,
      body: call.body,
      protocol,
      ...(routeSet === undefined ? {} : { routeSet }),
      identity,
      session: () => (session === undefined ? `m ${protocol.firstMessages(call.body)}` : `n ${session}`),
      // Of a conversation that the provider keeps, earlier messages are not sent again.
      isSessionNamed: session !== undefined || (call.body.conversation ?? null) !== null,
      ...(previous === undefined
        ? {}
        : { previous: { id: previous, key: answerKey(identity.tenant, previous) } }),
    })
  }

  #keeper(tenant: string, { routeSet, route = null }: Choice, log: AttemptLog<Deployment>): AnswerKeeper {
    return new KeptAnswer(this.#items, tenant, (id) => {
      const { of } = (log.attempts.at(-1) as Attempt<Deployment>).target
      // Those that only the route falls back to do not have the answer.
      this.#sessions.set(answerKey(tenant, id), { model: of, routeSet, route, fallbacks: undefined })
    })
  }

  /** The same with the items that were written here in the places where it refers to them. */
  #withItems(request: ExecutionRequest): ExecutionRequest {
    const { call, identity } = request
    const { earlierAnswers } = callerProtocols[call.protocol]
    if (earlierAnswers === undefined) return request
    const body = earlierAnswers.withItems(call.body, (id) => this.#items.get(identity.tenant, id))
    if (body === call.body) return request
    const { protocol, stream, headers } = call
    return { ...request, call: { protocol, body, stream, headers } }
  }

  async #run(
    request: ExecutionRequest,
    choice: Choice,
    admitted: Admitted,
    signal: AbortSignal,
    waits: Waits,
  ): Promise<Run> {
    const { clock, admission, queue, attempt } = this.#options
    const { call, purpose = 'answer', identity, span } = request
    const { models, decision } = choice
    const log = new AttemptLog<Deployment>(clock.monotonicMs())
    const isKept =
      purpose === 'answer' && callerProtocols[call.protocol].earlierAnswers?.mayBeReferredTo(call.body)
    const keeper = isKept ? this.#keeper(identity.tenant, choice, log) : undefined
    try {
      const share = admission.shareOf(identity)
      const slot = queue.tryAcquire(share) ?? (await waited(queue.acquire(share, signal), waits, clock))
      let answer: ProviderAnswer
      try {
        answer = await attempt({
          target: models[0].deployments[0],
          fallbacks: models.slice(1).map(({ deployments }) => deployments[0]),
          attempts: log,
          signal,
          call,
          purpose,
          options: {
            ...(choice.route === undefined ? {} : { route: choice.route }),
            ...(decision ? { decision } : {}),
            ...(keeper ? { keeper } : {}),
          },
          tokens: admitted.tokens,
          waits,
          ...(span ? { span } : {}),
        })
      } catch (error) {
        slot.release()
        throw error
      }
      const end = () => {
        slot.release()
        const usage = answer.kind === 'stream' ? answer.usage() : answer.usage
        // To count tokens uses none.
        if (purpose === 'count') admitted.released()
        else admitted.ended((log.attempts.at(-1) as Attempt<Deployment>).target, usage)
      }
      const streamed = watchedResult(answer, answerStreams)
      if (streamed === undefined) {
        end()
        return { answer, log, admitted }
      }
      streamed.stream.watch({ ended: end })
      return { answer: streamed.result, log, admitted }
    } catch (error) {
      admitted.released()
      throw error
    }
  }
}

/** A choice without fallbacks that the caller may not use. @throws StrataError `permission_denied` */
function allowedChoice(choice: Choice, identity: Identity): Choice {
  assertAllowed(choice, identity)
  const [first, ...rest] = choice.models
  const allowed = identity.models
  if (allowed === null || rest.length === 0) return choice
  return { ...choice, models: [first, ...rest.filter(({ name }) => allowed.has(name))] }
}

/** Waiting for a place is no work of ours. */
async function waited<Result>(promise: Promise<Result>, waits: Waits, clock: Clock): Promise<Result> {
  const startMs = clock.monotonicMs()
  try {
    return await promise
  } finally {
    waits.externalMs += clock.monotonicMs() - startMs
  }
}
