import type { Decision, Explanation, RouteDefinition, RouteOptions } from '../contracts/index.ts'
import { DEFAULT_TOP_K, type Decider, type DecisionTrace } from './decider.ts'
import { splitWords, wordsOf } from './text/words.ts'
import { collectTrainingTexts, isShown } from './training-texts.ts'

const NEAREST_OF_EACH = 3
const MOST_WORDS = 32
const MOST_WORDS_LEFT_OUT = 6
// Each word costs one scoring of the text without it. So many characters of scoring are worth it: 32 words of an
// ordinary message, one of a text of 32 KiB.
const MOST_CHARACTERS_SCORED = 20_000

/** Decides one text and says why. Costs one scoring for each word: about a hundred microseconds, twice the decision for long texts. */
export function explain(decider: Decider, text: string, options: RouteOptions): Decision {
  let trace: DecisionTrace | undefined
  const topK = options.topK ?? DEFAULT_TOP_K
  // The runner-up is needed even when only one candidate is asked for.
  const wide = decider.decide(text, { ...options, topK: Math.max(2, topK) }, (seen) => {
    trace = seen
  })
  const { reading, matches, segment, usedContext } = trace!
  const decision: Decision = { ...wide, candidates: wide.candidates.slice(0, topK) }
  const runnerUp = wide.candidates[1] ?? null
  const { names } = decider
  const best = wide.candidates[0] ? names.indexOf(wide.candidates[0].route) : -1
  const rival = runnerUp ? names.indexOf(runnerUp.route) : -1
  const spoken = segment ?? text
  const whole = margin(decider, spoken, best, rival)
  const nearest = nearestExamples(decider, best, rival)
  const words = wordEffects(decider, spoken, best, rival, whole)
  const explanation: Omit<Explanation, 'summary'> = {
    nearest,
    words,
    rules: (matches?.matched ?? []).map(({ route, rule }) => ({
      route: names[route]!,
      then: rule.then,
      when: conditionText(rule.when),
    })),
    runnerUp,
    flip: whatWouldFlip(decider, text, wide, words, options),
    ...(segment === null || decision.reason === 'rule' ? {} : { segment }),
    usedContext,
    corrections: reading.checked.corrections,
  }
  return { ...decision, explanation: { summary: summarise(wide, explanation), ...explanation } }
}

/**
 * What each word, wherever it occurs, adds to the best candidate against the runner-up, in log odds: the margin with
 * it less the margin without it.
 */
function wordEffects(
  decider: Decider,
  text: string,
  best: number,
  rival: number,
  whole: number,
): Explanation['words'] {
  if (best < 0) return []
  const { words, starts, ends } = splitWords(text)
  const most = Math.min(MOST_WORDS, Math.ceil(MOST_CHARACTERS_SCORED / Math.max(1, text.length)))
  const firstPlaces = [...new Map(words.map((word, i) => [word, i] as const).reverse()).values()].sort(
    (a, b) => a - b,
  )
  return firstPlaces
    .slice(0, most)
    .map((place) => ({
      text: text.slice(starts[place], ends[place]),
      effect: round(whole - margin(decider, withoutWords(text, [words[place]!]), best, rival)),
    }))
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
}

/** What the best candidate's score is above the runner-up's, in log odds; leaves the scorer at the text. */
function margin(decider: Decider, text: string, best: number, rival: number): number {
  if (best < 0) return 0
  decider.readText(text, null, null)
  const { scores } = decider.scorer
  return (scores[best]! - (rival < 0 ? 0 : scores[rival]!)) * decider.snapshot.calibration.sharpness
}

/** `text` without any occurrence of the given words, which are as `splitWords` gives them. */
function withoutWords(text: string, leftOut: readonly string[]): string {
  const { words, starts, ends } = splitWords(text)
  let rest = ''
  let from = 0
  words.forEach((word, i) => {
    if (!leftOut.includes(word)) return
    rest += text.slice(from, starts[i])
    from = ends[i]!
  })
  return rest + text.slice(from)
}

const shown = new WeakMap<RouteDefinition, readonly string[]>()

/** Texts of the examples of a route, in the order of their vectors. */
function shownTexts(route: RouteDefinition): readonly string[] {
  let texts = shown.get(route)
  if (!texts) {
    texts = collectTrainingTexts({ routes: [route] })
      .filter(isShown)
      .map(({ text }) => text)
    shown.set(route, texts)
  }
  return texts
}

/** Of the text that the scorer was left at. */
function nearestExamples(decider: Decider, best: number, rival: number): Explanation['nearest'] {
  if (best < 0) return []
  const ofEach = (index: number) => {
    const route = decider.snapshot.routeSet.routes[index]
    if (!route) return []
    const texts = shownTexts(route)
    return Array.from(decider.scorer.similaritiesTo(index), (similarity, example) => ({
      similarity,
      example,
    }))
      .sort((a, b) => b.similarity - a.similarity || a.example - b.example)
      .slice(0, NEAREST_OF_EACH)
      .map(({ example, similarity }) => ({
        route: route.name,
        example: texts[example]!,
        similarity: round(similarity),
      }))
  }
  return [...ofEach(best), ...ofEach(rival)]
}

/**
 * Words without which the decision is another, taken by their effect, none of them needless; and the threshold that
 * turns it.
 */
function whatWouldFlip(
  decider: Decider,
  text: string,
  decision: Decision,
  words: Explanation['words'],
  options: RouteOptions,
): Explanation['flip'] {
  if (decision.reason === 'rule' || decision.candidates.length === 0) return {}
  const threshold = decision.confidence
  const routeWithout = (leftOut: readonly string[]) => {
    const keys = leftOut.flatMap((word) => wordsOf(word))
    return decider.decide(withoutWords(text, keys), { ...options, topK: 1 }).route
  }
  const most = Math.min(MOST_WORDS_LEFT_OUT, Math.floor(MOST_CHARACTERS_SCORED / Math.max(1, text.length)))
  let leftOut: string[] = []
  for (const { text: word, effect } of words) {
    if (effect <= 0 || leftOut.length === most) break
    leftOut.push(word)
    if (routeWithout(leftOut) === decision.route) continue
    for (const earlier of leftOut.slice(0, -1)) {
      const fewer = leftOut.filter((kept) => kept !== earlier)
      if (routeWithout(fewer) !== decision.route) leftOut = fewer
    }
    return { withoutWords: leftOut, then: routeWithout(leftOut), threshold }
  }
  return { threshold }
}

function conditionText(when: { phrase?: string; regex?: string; metadata?: unknown }): string {
  if (when.phrase !== undefined) return `phrase "${when.phrase}"`
  if (when.regex !== undefined) return `regex /${when.regex}/`
  return `metadata ${JSON.stringify(when.metadata)}`
}

/** The explanation in a sentence. */
export function summarise(
  decision: Decision,
  { nearest, rules, runnerUp, usedContext, segment }: Omit<Explanation, 'summary'>,
): string {
  const best = decision.candidates[0]
  if (!best) return 'There is no route to choose from.'
  const where = `${usedContext ? ' with the previous messages' : ''}${segment === undefined ? '' : ` by the part "${segment}"`}`
  if (decision.reason === 'rule') {
    const rule = rules.find(({ route, then }) => route === decision.route && then === 'force')
    return `${decision.route} because its rule on ${rule?.when ?? 'this message'} forces it.`
  }
  if (decision.route !== null) {
    const like = nearest[0]
      ? `; its nearest example is "${nearest[0].example}" (similarity ${nearest[0].similarity.toFixed(2)})`
      : ''
    return `${decision.route} with ${percent(decision.confidence)} confidence${where}${like}.`
  }
  if (decision.reason === 'out-of-scope') {
    return `No match: with ${percent(decision.outOfScope)} probability no route is meant; the nearest is ${best.route}.`
  }
  if (decision.reason === 'ambiguous' && runnerUp) {
    return `No match: it is ${best.route} (${percent(best.confidence)}) or ${runnerUp.route} (${percent(runnerUp.confidence)}), and neither reaches ${percent(decision.threshold)}.`
  }
  return `No match: the best route, ${best.route}, has ${percent(best.confidence)} confidence where ${percent(decision.threshold)} is needed.`
}

const round = (x: number) => Math.round(x * 1000) / 1000

/** 100% and 0% only of what is exactly that: a threshold can be, a confidence never is. */
function percent(p: number): string {
  if (p === 0 || p === 1) return `${p * 100}%`
  if (p > 0.999) return 'more than 99.9%'
  if (p < 0.001) return 'less than 0.1%'
  return `${(p * 100).toFixed(p > 0.99 || p < 0.01 ? 1 : 0)}%`
}
