import { assertMay } from '../access/assert-may.ts'
import type { Identity } from '../access/identity.ts'
import type { Decision, JsonObject, Target } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import type { CallerProtocol } from '../protocols/caller-protocol.ts'
import { earlierUserTexts } from './earlier-texts.ts'
import type { Model, ModelBook } from './model-book.ts'
import type { RoutedDecision, Routing } from './routing.ts'
import { type Session, type SessionBook, sessionKey } from './session-book.ts'

/** Where a call goes, and why. */
export interface Choice {
  /** The model and those it falls back to, in order; at least one. */
  readonly models: readonly [Model, ...Model[]]
  /** The route that led there; null for *no match*; undefined where a model was named. */
  readonly route: string | null | undefined
  /** The route set that it is a route of; undefined where a model was named. */
  readonly routeSet?: string
  /** Absent where nothing was decided. */
  readonly decision?: RoutedDecision
}

interface ModelQuestion {
  /** As the caller wrote it: a model, `auto`, or `route:NAME`. */
  readonly name: string
  readonly body: JsonObject
  readonly protocol: CallerProtocol
  readonly routeSet?: string
  /** Who asks: of other tenants' conversations, and of route sets that the key is not for, nothing is told or changed. */
  readonly identity: Identity
  /** Tells conversations of a tenant apart; asked for only where something is decided. */
  readonly session: () => string
  /** Whether that is a name, so that a first message alone may go on with it; not what the messages have in common. */
  readonly isSessionNamed: boolean
  /** The answer that the call goes on from, where it says so instead of sending what came before. */
  readonly previous?: { readonly id: string; readonly key: string }
}

interface ModelChooserOptions {
  readonly models: ModelBook
  readonly routing: Routing
  readonly sessions: SessionBook
  /** Answers where no route matches, or the route names no model. */
  readonly defaultModel?: string
  /** By how much surer another route must be for a conversation to leave its model. */
  readonly sessionMargin: number
}

const ROUTE_PREFIX = 'route:'
const DEFAULT_SET = 'default'

/** Previous user messages that a decision looks at. */
const CONTEXT_MESSAGES = 3

/** Decides which model a call is for. */
export class ModelChooser {
  readonly #models: ModelBook
  readonly #routing: Routing
  readonly #sessions: SessionBook
  readonly #defaultModel: string | undefined
  readonly #sessionMargin: number
  /** As many as there are models. */
  readonly #named = new Map<string, Choice>()

  constructor({ models, routing, sessions, defaultModel, sessionMargin }: ModelChooserOptions) {
    this.#models = models
    this.#routing = routing
    this.#sessions = sessions
    this.#defaultModel = defaultModel
    this.#sessionMargin = sessionMargin
  }

  /** A model by its own name and nothing else: vectors of another would mean something else. @throws StrataError `model_not_found` */
  alone(name: string): Choice {
    return { models: [this.#models.get(name)], route: undefined }
  }

  #chained(name: string): Choice {
    let choice = this.#named.get(name)
    if (choice === undefined) {
      choice = { models: this.#models.chain(name, undefined), route: undefined }
      this.#named.set(name, choice)
    }
    return choice
  }

  /** @throws StrataError `model_not_found`, `route_not_found`, `invalid_request` where `auto` has no text to go by */
  choose(question: ModelQuestion): Choice | Promise<Choice> {
    const { name, routeSet } = question
    if (name === 'auto') return this.#decide(question, routeSet ?? DEFAULT_SET)
    if (!name.startsWith(ROUTE_PREFIX)) return this.#chained(name)
    const route = name.slice(ROUTE_PREFIX.length)
    const target = this.#routing.target(routeSet, route)
    if (target !== undefined) return { ...this.#byRoute(route, target), routeSet: routeSet ?? DEFAULT_SET }
    // A set may be named as well, which then decides.
    if (routeSet === undefined && this.#routing.hasSet(route)) return this.#decide(question, route)
    throw new StrataError(
      'route_not_found',
      `There is no route ${JSON.stringify(route.slice(0, 128))} in the route set ${routeSet ?? 'default'}, and no route set of that name; GET /v1/routes lists the routes.`,
    )
  }

  #decide(question: ModelQuestion, set: string): Choice | Promise<Choice> {
    const { body, protocol, identity, isSessionNamed, previous } = question
    if (identity.routeSets !== null && this.#routing.hasSet(set)) {
      assertMay(identity, { scope: 'execute', routeSet: set })
    }
    // Routes of different sets have nothing to do with each other, though they be of one name.
    const session = sessionKey(identity.tenant, `${set}\n${question.session()}`)
    const known = this.#sessions.get(session)
    if (previous !== undefined) {
      const from = this.#sessions.get(previous.key) ?? (isSessionNamed ? known : undefined)
      if (from === undefined) throw unknownAnswer(previous.id)
      return this.#goesOn(from)
    }
    // The model that called the tool waits for its result; and what a provider keeps, no other has.
    if (
      known !== undefined &&
      (protocol.answersToolCall(body) || protocol.earlierAnswers?.refersToItems(body))
    ) {
      return this.#goesOn(known)
    }
    const text = protocol.lastUserText(body)
    if (text === undefined || text === '') {
      if (known !== undefined) return this.#goesOn(known)
      throw new StrataError(
        'invalid_request',
        'The model auto decides by the last message of the user, and there is none with text; send one, or name a model.',
        { details: [{ path: 'messages', message: 'expected a user message with text' }] },
      )
    }
    const earlier = earlierUserTexts(body, CONTEXT_MESSAGES)
    const decision = this.#routing.decide(set, text, earlier)
    const goOn = (decided: RoutedDecision) =>
      this.#byDecision(
        decided,
        set,
        session,
        isSessionNamed || earlier.length > 0 ? known : undefined,
        identity,
      )
    return decision instanceof Promise ? decision.then(goOn) : goOn(decision)
  }

  #byDecision(
    decision: RoutedDecision,
    set: string,
    session: string,
    known: Session | undefined,
    identity: Identity,
  ): Choice {
    if (known !== undefined && this.#stays(decision, known)) return { ...this.#goesOn(known), decision }
    const { route } = decision
    const target = route === null ? null : (this.#routing.target(set, route) ?? null)
    const choice = { ...this.#byRoute(route, target), routeSet: set, decision }
    // First, so that a call that is refused leads no conversation anywhere.
    assertAllowed(choice, identity)
    this.#sessions.set(session, {
      model: choice.models[0].name,
      routeSet: set,
      route,
      fallbacks: choice.models.slice(1).map(({ name }) => name),
    })
    return choice
  }

  #goesOn({ model, fallbacks, route, routeSet }: Session): Choice {
    const models = this.#models.chain(model, fallbacks)
    return routeSet === undefined ? { models, route } : { models, route, routeSet }
  }

  /** Whether a conversation stays where it is: the other route is not surer of this message by the margin. */
  #stays({ route, confidence, candidates }: Decision, known: Session): boolean {
    if (route === null) return known.route !== null
    if (route === known.route) return true
    if (known.route === null) return false
    const before = candidates.find((candidate) => candidate.route === known.route)?.confidence ?? 0
    return confidence - before < this.#sessionMargin
  }

  #byRoute(route: string | null, target: Target | null): Choice {
    const named = target?.model
    const model = typeof named === 'string' ? named : this.#defaultModel
    if (model === undefined) {
      throw new StrataError(
        'model_not_found',
        route === null
          ? 'No route matches, and there is no defaultModel to answer then; set it in the configuration.'
          : `The route ${route} has no target with a model, and there is no defaultModel; set one of them.`,
      )
    }
    const fallbacks = Array.isArray(target?.fallbacks)
      ? target.fallbacks.filter((fallback): fallback is string => typeof fallback === 'string')
      : undefined
    for (const name of [model, ...(fallbacks ?? [])]) {
      if (route === null || this.#models.has(name)) continue
      throw new StrataError(
        'model_not_found',
        `The route ${route} leads to the model ${JSON.stringify(name)}, which is not configured under models; add it there, or change the target of the route.`,
      )
    }
    return { models: this.#models.chain(model, fallbacks), route }
  }
}

/** @throws StrataError `permission_denied` where the caller may not use the model, the route or the set */
export function assertAllowed({ models: [first], route, routeSet }: Choice, identity: Identity): void {
  assertMay(identity, {
    scope: 'execute',
    model: first.name,
    ...(route ? { route } : {}),
    ...(routeSet === undefined ? {} : { routeSet }),
  })
}

function unknownAnswer(id: string): StrataError {
  return new StrataError(
    'invalid_request',
    'The model auto goes on where the previous answer came from, and that is not known, or no longer; send the whole conversation in input without previous_response_id, or name a model.',
    {
      details: [
        {
          path: 'previous_response_id',
          message: 'expected the id of an answer that is remembered',
          got: id.slice(0, 80),
        },
      ],
    },
  )
}
