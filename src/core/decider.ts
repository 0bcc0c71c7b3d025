import type {
  Candidate,
  Decision,
  DecisionReason,
  Encoder,
  Intent,
  RouteOptions,
  RouteSet,
} from '../contracts/index.ts'
import { exp, log } from '../util/exact-math.ts'
import { familiarity, scopeProbability } from './calibration/calibration.ts'
import { EvidenceScorer, type KeptScores, type LiveSnapshot } from './evidence.ts'
import { refusalReason } from './refusal-reason.ts'
import { changedTexts } from './route-set-changes.ts'
import { type CompiledRules, compileRules, type RuleMatches } from './rules/compile-rules.ts'
import type { SnapshotData } from './snapshot-data.ts'
import { isCourtesy } from './text/courtesy.ts'
import { OwnWords } from './text/own-words.ts'
import { type Segment, splitSegments } from './text/segments.ts'
import { type CheckedText, SpellCheck } from './text/spell-check.ts'
import { withWindows } from './text/windows.ts'
import { ownTexts } from './training-texts.ts'

export const DEFAULT_THRESHOLD = 0.5
export const DEFAULT_TOP_K = 3
/** What a `favour` rule adds to a route's score before the softmax: it multiplies the route's odds by about 7. */
const FAVOUR_LOGIT = 2
/** Confidence of a route that a `force` rule chose: the user's word, but never quite 1. */
const RULE_CONFIDENCE = 0.999
// A segment must be surer than the whole message by this much (in log odds) to speak for it.
const SEGMENT_ADVANTAGE = 0.5
// From this confidence on the whole speaks, whatever its parts say.
const SURE = 0.9
// How much the whole message's view of a route counts when its segments are compared.
const WHOLE_WEIGHT = 0.2
const CONTEXT_DECAY = 0.5
const MOST_CONTEXT = 4
const NO_METADATA = Object.freeze({})
// What nobody can read belongs to no route, however the few letters that it shares with the examples fall.
const OF_NO_MEANING = { familiar: Number.NEGATIVE_INFINITY, scope: 1e-6, outOfScope: 1 }

/** How one text, or one part of it, was read. */
interface Reading {
  readonly checked: CheckedText
  /** Index of the best route. */
  readonly best: number
  /** Its share of the softmax over routes and background. */
  readonly share: number
  readonly familiar: number
  /** P(the query belongs to the set) by its familiarity alone; confidence is share times scope. */
  readonly scope: number
  /** P(no route is right), by familiarity and by what the background class takes. */
  readonly outOfScope: number
}

/** Everything about one decision that the decision itself does not show. */
export interface DecisionTrace {
  readonly reading: Reading
  readonly matches: RuleMatches | null
  readonly segment: string | null
  readonly usedContext: boolean
}

/** Decides queries against one snapshot. Keeps no state between calls but scratch. */
export class Decider {
  readonly snapshot: LiveSnapshot
  readonly scorer: EvidenceScorer
  readonly rules: CompiledRules
  readonly fingerprint: string
  /** Of the routes. */
  readonly names: readonly string[]
  readonly #ownWords: OwnWords
  readonly #spelling: SpellCheck
  readonly #sharpness: number
  readonly #look: EvidenceScorer['look']
  /** Scratch for messages of several parts. */
  readonly #kept: { readonly whole: KeptScores; readonly part: KeptScores }
  /** log of the sum over classes of e^(sharpness * score), of the text scored last. */
  #normaliser = 0

  /** @param before a decider of which this one may take over what is the same */
  constructor(snapshot: SnapshotData, encoder: Encoder, fingerprint: string, before?: Decider) {
    this.scorer = new EvidenceScorer(snapshot, encoder, before?.scorer)
    this.snapshot = this.scorer.snapshot
    this.#kept = { whole: this.scorer.roomToKeep(), part: this.scorer.roomToKeep() }
    this.fingerprint = fingerprint
    this.rules = compileRules(snapshot.routeSet.routes)
    this.names = snapshot.routeSet.routes.map((route) => route.name)
    this.#ownWords = before
      ? wordsAfter(before.#ownWords, changedTexts(before.snapshot.routeSet, snapshot.routeSet))
      : OwnWords.of(ownTexts(snapshot.routeSet))
    this.#spelling = new SpellCheck(this.#ownWords, encoder)
    this.#sharpness = snapshot.calibration.sharpness
    this.#look = (words) => this.scorer.look(words)
  }

  /** @param latencyUs filled in by the caller, who owns the clock */
  decide(text: string, options: RouteOptions, trace?: (trace: DecisionTrace) => void): Decision {
    const { matches, open } = this.#applyRules(text, options)
    const whole = this.readText(text, matches, open)
    const isSure = whole.share * whole.scope >= SURE
    const segments = splitSegments(text)
    const parts = isSure ? segments : withWindows(segments, whole.checked.words.length)
    const { reading, segment, intents } =
      parts.length > 1 && whole.best >= 0
        ? this.#readParts(text, whole, parts, matches, open, options)
        : { reading: whole, segment: null, intents: undefined }
    const decision = this.#conclude(reading, matches, open, options, intents)
    if (decision.route === null && options.context && options.context.length > 0 && this.names.length > 0) {
      const readingInContext = this.#readInContext(reading, options.context, matches, open)
      const inContext = this.#conclude(readingInContext, matches, open, options, undefined)
      if (inContext.route !== null) {
        trace?.({ reading: readingInContext, matches, segment, usedContext: true })
        return inContext
      }
    }
    trace?.({ reading, matches, segment, usedContext: false })
    return decision
  }

  /** Decides for a vector that the caller computed; only rules on metadata apply, and segments and context have no say. */
  decideVector(vector: Float32Array, options: RouteOptions): Decision {
    const { matches, open } = this.#applyRules('', options)
    this.scorer.scoreVector(vector)
    const reading = this.#read({ text: '', words: [], corrections: [] }, matches, open, 0)
    return this.#conclude(reading, matches, open, options, undefined)
  }

  #applyRules(text: string, options: RouteOptions): { matches: RuleMatches | null; open: Uint8Array | null } {
    const allowed = this.#allowed(options)
    const matches = this.rules.hasRules
      ? this.rules.match(text, options.metadata, allowed ? (route) => allowed[route] === 1 : undefined)
      : null
    return { matches, open: this.#open(allowed, matches) }
  }

  /** Scores one text as a whole and leaves the scorer there. */
  readText(text: string, matches: RuleMatches | null, open: Uint8Array | null): Reading {
    const checked = this.#spelling.check(text, this.#look)
    this.scorer.scoreText(checked.text, checked.words)
    const reading = this.#read(checked, matches, open, 0)
    const isFavoured = matches !== null && matches.favoured.length > 0
    return isFavoured || this.#hasMeaning(checked.words) ? reading : { ...reading, ...OF_NO_MEANING }
  }

  /** Whether any word is known to the route set or to the language; an encoder that lists no words may know them all. */
  #hasMeaning(words: readonly string[]): boolean {
    if (!this.#spelling.knowsLanguage) return words.length > 0
    const known = this.scorer.look(words)
    return words.some((word, i) => known[i]!.isResembled || this.#spelling.isKnown(word))
  }

  /** Which routes the caller lets answer; null when all may. */
  #allowed(options: RouteOptions): Uint8Array | null {
    const { include, exclude } = options
    if (!include && !exclude) return null
    const { routes } = this.snapshot.routeSet
    return Uint8Array.from(routes, (route) => {
      const named = (list: readonly string[]) =>
        list.includes(route.name) || (route.tags?.some((tag) => list.includes(tag)) ?? false)
      return (!include || named(include)) && !(exclude && named(exclude)) ? 1 : 0
    })
  }

  /** Which routes may answer: those allowed less those that a rule forbids; null when all may. */
  #open(allowed: Uint8Array | null, matches: RuleMatches | null): Uint8Array | null {
    if (matches === null || matches.forbidden.length === 0) return allowed
    const open = allowed ?? new Uint8Array(this.names.length).fill(1)
    for (const route of matches.forbidden) open[route] = 0
    return open
  }

  /** Turns the scorer's present state into a reading. `looks` is the number of texts this one was picked from. */
  #read(checked: CheckedText, matches: RuleMatches | null, open: Uint8Array | null, looks: number): Reading {
    const { scorer } = this
    const { calibration } = this.snapshot
    if (matches) {
      for (const route of matches.favoured)
        scorer.scores[route] = scorer.scores[route]! + FAVOUR_LOGIT / this.#sharpness
      if (matches.favoured.length > 0) scorer.top.fill(scorer.scores, scorer.routes)
    }
    this.#normaliser = scorer.logSumExp(this.#sharpness)
    const best = this.#bestOpen(open)
    const share = best < 0 ? 0 : this.#share(best)
    const familiar =
      best < 0 ? Number.NEGATIVE_INFINITY : familiarity(scorer.energy, scorer.nearness, share, calibration)
    const scope = this.#scopeAmong(looks, best, familiar)
    return { checked, best, share, familiar, scope, outOfScope: this.#outOfScope(scope) }
  }

  /** P(the query belongs to the set) by the surest of so many looks at different texts. */
  #scopeAmong(looks: number, best: number, familiar: number): number {
    // The surest of several looks is sure by chance more often than a single one.
    const doubt = looks > 1 ? log(looks) : 0
    return best < 0 ? 1e-6 : scopeProbability(familiar - doubt, this.snapshot.calibration)
  }

  #outOfScope(scope: number): number {
    const { scores, routes } = this.scorer
    const background = scores.length > routes ? this.#share(routes) : 0
    return 1 - scope * (1 - background)
  }

  #share(route: number): number {
    return exp(this.scorer.scores[route]! * this.#sharpness - this.#normaliser)
  }

  /** The open route with the highest score, the first by name of equal ones; -1 when none is open. */
  #bestOpen(open: Uint8Array | null): number {
    const { top, routes } = this.scorer
    for (let place = 0; place < top.count; place++) {
      const route = top.routes[place]!
      if (open === null || open[route] === 1) return route
    }
    let best = -1
    for (let route = 0; open !== null && route < routes; route++) {
      if (open[route] === 1 && (best < 0 || this.#isBefore(route, best))) best = route
    }
    return best
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.scorer.scores[a]! - this.scorer.scores[b]!
    return difference > 0 || (difference === 0 && this.names[a]! < this.names[b]!)
  }

  /**
   * Scores each part of a message whose whole was just scored; the surest part speaks if it is clearly surer than the
   * whole and the whole is not sure.
   */
  #readParts(
    text: string,
    whole: Reading,
    parts: readonly Segment[],
    matches: RuleMatches | null,
    open: Uint8Array | null,
    options: RouteOptions,
  ) {
    const wholeKept = this.scorer.keep(this.#kept.whole)
    const wholeNormaliser = this.#normaliser
    const rank = (reading: Reading) =>
      reading.familiar + WHOLE_WEIGHT * (wholeKept.scores[reading.best]! * this.#sharpness - wholeNormaliser)
    const requests = parts.filter((segment) => !isCourtesy(segment.text))
    const read: { segment: Segment; reading: Reading }[] = []
    let surest: { segment: Segment; reading: Reading; normaliser: number } | null = null
    for (const segment of requests.length > 0 ? requests : parts) {
      // A long message without stops is its own first part.
      const isWhole = segment.text === text
      const reading = isWhole ? whole : this.readText(segment.text, matches, open)
      read.push({ segment, reading })
      if (surest !== null && rank(reading) <= rank(surest.reading)) continue
      surest = { segment, reading, normaliser: this.#normaliser }
      // The whole is kept already, and never clearly surer than itself.
      if (!isWhole) this.scorer.keep(this.#kept.part)
    }
    const intents = this.#intents(read, options)
    const speaks =
      surest !== null &&
      whole.share * whole.scope < SURE &&
      rank(surest.reading) > rank(whole) + SEGMENT_ADVANTAGE
        ? surest
        : null
    // Going back to what was scored costs a hundredth of scoring it again.
    this.scorer.restore(speaks ? this.#kept.part : wholeKept)
    this.#normaliser = speaks ? speaks.normaliser : wholeNormaliser
    if (!speaks) return { reading: whole, segment: null, intents }
    const { best, familiar } = speaks.reading
    const scope = this.#scopeAmong(read.length, best, familiar)
    const reading = { ...speaks.reading, scope, outOfScope: this.#outOfScope(scope) }
    return { reading, segment: speaks.segment.text, intents }
  }

  /** Parts that surely ask for different routes, in order of appearance; undefined when fewer than two do. */
  #intents(
    read: readonly { segment: Segment; reading: Reading }[],
    options: RouteOptions,
  ): Intent[] | undefined {
    const intents: Intent[] = []
    for (const { segment, reading } of read) {
      const confidence = held(reading.share * reading.scope)
      if (confidence < this.#threshold(reading.best, options)) continue
      const route = this.names[reading.best]!
      const same = intents.findIndex((intent) => intent.route === route)
      if (same < 0) intents.push({ route, confidence, text: segment.text })
      else if (confidence > intents[same]!.confidence)
        intents[same] = { route, confidence, text: segment.text }
    }
    return intents.length > 1 ? intents : undefined
  }

  /** Adds the scores of previous messages, halved for each step back, to those of the message itself. */
  #readInContext(
    alone: Reading,
    context: readonly string[],
    matches: RuleMatches | null,
    open: Uint8Array | null,
  ): Reading {
    const recent = context.slice(-MOST_CONTEXT).reverse()
    this.scorer.scoreText(alone.checked.text, alone.checked.words)
    const total = this.scorer.scores.slice()
    let { energy, nearness } = this.scorer
    let weight = 1
    for (const message of recent) {
      weight *= CONTEXT_DECAY
      const checked = this.#spelling.check(message, this.#look)
      this.scorer.scoreText(checked.text, checked.words)
      for (let k = 0; k < total.length; k++) total[k] = total[k]! + weight * this.scorer.scores[k]!
      // A conversation belongs to the set as much as its most familiar message does.
      energy = Math.max(energy, this.scorer.energy)
      nearness = Math.max(nearness, this.scorer.nearness)
    }
    this.scorer.scores.set(total)
    this.scorer.energy = energy
    this.scorer.nearness = nearness
    this.scorer.top.fill(this.scorer.scores, this.scorer.routes)
    return this.#read(alone.checked, matches, open, 1 + recent.length)
  }

  #threshold(route: number, options: RouteOptions): number {
    return (
      options.threshold ??
      this.snapshot.routeSet.routes[route]?.threshold ??
      this.snapshot.report.thresholds.default
    )
  }

  #conclude(
    reading: Reading,
    matches: RuleMatches | null,
    open: Uint8Array | null,
    options: RouteOptions,
    intents: readonly Intent[] | undefined,
  ): Decision {
    const topK = options.topK ?? DEFAULT_TOP_K
    // The reason must not depend on how many candidates the caller wants to see.
    const wide = this.#candidates(reading, matches, open, Math.max(2, topK))
    const candidates = wide.length > topK ? wide.slice(0, topK) : wide
    const forced = matches !== null && matches.forced >= 0
    const first = candidates[0]
    const confidence = first?.confidence ?? 1e-6
    const threshold = this.#threshold(forced ? matches.forced : reading.best, options)
    const chosen = forced || (first !== undefined && confidence >= threshold)
    const route = chosen && first ? first.route : null
    const reason: DecisionReason = forced
      ? 'rule'
      : chosen
        ? 'match'
        : refusalReason(reading.outOfScope, wide, threshold)
    const decision: Decision = {
      route,
      confidence,
      // What a rule leaves open is shared out as the words say.
      outOfScope: held(reading.outOfScope * (forced ? 1 - RULE_CONFIDENCE : 1)),
      threshold,
      reason,
      candidates,
      metadata:
        route === null
          ? NO_METADATA
          : (this.snapshot.routeSet.routes[forced ? matches.forced : reading.best]!.metadata ?? NO_METADATA),
      snapshot: this.fingerprint,
      latencyUs: 0,
    }
    return intents ? { ...decision, intents } : decision
  }

  #candidates(
    reading: Reading,
    matches: RuleMatches | null,
    open: Uint8Array | null,
    topK: number,
  ): Candidate[] {
    const { scores, routes, top } = this.scorer
    const forced = matches && matches.forced >= 0 ? matches.forced : -1
    let order: number[] = []
    if (topK <= top.count) {
      for (let place = 0; place < top.count && order.length < topK; place++) {
        const route = top.routes[place]!
        if (open === null || open[route] === 1) order.push(route)
      }
    }
    if (order.length < Math.min(topK, routes)) {
      order = this.scorer.bestRoutes(topK, (route) => open === null || open[route] === 1)
    }
    if (forced >= 0) {
      const place = order.indexOf(forced)
      if (place >= 0) order.splice(place, 1)
      order.unshift(forced)
      order.length = Math.min(order.length, topK)
    }
    const scope = reading.scope * (forced >= 0 ? 1 - RULE_CONFIDENCE : 1)
    return order.map((route) => ({
      route: this.names[route]!,
      confidence: route === forced ? RULE_CONFIDENCE : held(this.#share(route) * scope),
      score: rounded(scores[route]!),
    }))
  }
}

const wordsAfter = (words: OwnWords, { gone, come }: { gone: RouteSet; come: RouteSet }) =>
  words.edited(ownTexts(gone), ownTexts(come))

/** To six decimals: more say nothing, and printing them takes as long as an eighth of a decision. */
const rounded = (x: number) => Math.round(x * 1e6) / 1e6

/** Confidence is never exactly 0 or 1. */
const held = (p: number) => Math.min(Math.max(rounded(p), 1e-6), 1 - 1e-6)
