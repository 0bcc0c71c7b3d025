import type { Decision, Explanation, RouteOptions } from '../contracts/index.ts'
import type { Decider, DecisionTrace } from './decider.ts'
import { splitWords } from './text/words.ts'
import { collectTrainingTexts } from './training-texts.ts'

const NEAREST_OF_EACH = 3
const MOST_WORDS = 32
const MOST_WORDS_LEFT_OUT = 6

/** Decides one text and says why. Costs one scoring for each word, so about a hundred microseconds. */
export function explain(decider: Decider, text: string, options: RouteOptions): Decision {
  let trace: DecisionTrace | undefined
  // The runner-up is needed even when only one candidate is asked for.
  const wide = decider.decide(text, { ...options, topK: Math.max(2, options.topK ?? 3) }, (seen) => {
    trace = seen
  })
  const { reading, matches, segment, usedContext } = trace!
  const decision: Decision = { ...wide, candidates: wide.candidates.slice(0, options.topK ?? 3) }
  const runnerUp = wide.candidates[1] ?? null
  const names = decider.snapshot.routeSet.routes.map((route) => route.name)
  const best = wide.candidates[0] ? names.indexOf(wide.candidates[0].route) : -1
  const rival = runnerUp ? names.indexOf(runnerUp.route) : -1
  const words = wordEffects(decider, reading.checked.text, best, rival)
  const explanation: Omit<Explanation, 'summary'> = {
    nearest: nearestExamples(decider, reading.checked.text, best, rival),
    words,
    rules: (matches?.matched ?? []).map(({ route, rule }) => ({
      route: names[route]!,
      then: rule.then,
      when: conditionText(rule.when),
    })),
    runnerUp,
    outOfScope: 1 - reading.scope,
    flip: whatWouldFlip(decider, segment ?? text, wide, words, options),
    ...(segment === null ? {} : { segment }),
    usedContext,
    corrections: reading.checked.corrections,
  }
  return { ...decision, explanation: { summary: summarise(wide, explanation), ...explanation } }
}

/** What each word adds to the best candidate against the runner-up, in log odds: the margin with it less without it. */
function wordEffects(decider: Decider, text: string, best: number, rival: number): Explanation['words'] {
  if (best < 0) return []
  const { starts, ends } = splitWords(text)
  const whole = margin(decider, text, best, rival)
  return starts
    .slice(0, MOST_WORDS)
    .map((start, i) => ({
      text: text.slice(start, ends[i]),
      effect: round(whole - margin(decider, text.slice(0, start) + text.slice(ends[i]), best, rival)),
    }))
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
}

function margin(decider: Decider, text: string, best: number, rival: number): number {
  decider.readText(text, null, null)
  const { scores } = decider.scorer
  return (scores[best]! - (rival < 0 ? 0 : scores[rival]!)) * decider.snapshot.calibration.sharpness
}

function nearestExamples(
  decider: Decider,
  text: string,
  best: number,
  rival: number,
): Explanation['nearest'] {
  if (best < 0) return []
  const texts = collectTrainingTexts(decider.snapshot.routeSet).filter(
    ({ isExample, route }) => isExample && route >= 0,
  )
  decider.readText(text, null, null)
  const found: { example: number; similarity: number; route: number }[] = []
  decider.scorer.forNearExamples((example, similarity, route) => {
    if (route === best || route === rival) found.push({ example, similarity, route })
  })
  found.sort((a, b) => b.similarity - a.similarity || a.example - b.example)
  const ofEach = (route: number) => found.filter((entry) => entry.route === route).slice(0, NEAREST_OF_EACH)
  return [...ofEach(best), ...ofEach(rival)].map(({ example, similarity, route }) => ({
    route: decider.snapshot.routeSet.routes[route]!.name,
    example: texts[example]!.text,
    similarity: round(similarity),
  }))
}

/** The fewest words, taken by their effect, without which the decision is another; and the threshold that turns it. */
function whatWouldFlip(
  decider: Decider,
  text: string,
  decision: Decision,
  words: Explanation['words'],
  options: RouteOptions,
): Explanation['flip'] {
  const threshold =
    decision.reason === 'rule' || decision.candidates.length === 0 ? {} : { threshold: decision.confidence }
  if (decision.reason === 'rule') return threshold
  const leftOut: string[] = []
  let remaining = text
  for (const { text: word, effect } of words) {
    if (effect <= 0 || leftOut.length === MOST_WORDS_LEFT_OUT) break
    const shorter = withoutWord(remaining, word)
    if (shorter === remaining) continue
    remaining = shorter
    leftOut.push(word)
    const after = decider.decide(remaining, { ...options, topK: 1 })
    if (after.route !== decision.route) return { withoutWords: leftOut, then: after.route, ...threshold }
  }
  return threshold
}

function withoutWord(text: string, word: string): string {
  const { starts, ends } = splitWords(text)
  const place = starts.findIndex((start, i) => text.slice(start, ends[i]) === word)
  return place < 0 ? text : text.slice(0, starts[place]) + text.slice(ends[place])
}

function conditionText(when: { phrase?: string; regex?: string; metadata?: unknown }): string {
  if (when.phrase !== undefined) return `phrase "${when.phrase}"`
  if (when.regex !== undefined) return `regex /${when.regex}/`
  return `metadata ${JSON.stringify(when.metadata)}`
}

function summarise(
  decision: Decision,
  { nearest, rules, runnerUp, outOfScope, usedContext, segment }: Omit<Explanation, 'summary'>,
): string {
  const percent = (p: number) => `${(p * 100).toFixed(p > 0.99 || p < 0.01 ? 1 : 0)}%`
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
    return `No match: with ${percent(outOfScope)} probability no route is meant; the nearest is ${best.route}.`
  }
  if (decision.reason === 'ambiguous' && runnerUp) {
    return `No match: it is ${best.route} (${percent(best.confidence)}) or ${runnerUp.route} (${percent(runnerUp.confidence)}), and neither reaches ${percent(decision.threshold)}.`
  }
  return `No match: the best route, ${best.route}, has ${percent(best.confidence)} confidence where ${percent(decision.threshold)} is needed.`
}

const round = (x: number) => Math.round(x * 1000) / 1000
