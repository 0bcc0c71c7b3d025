import { describe, expect, it } from 'vitest'
import { splitWords } from '../../src/core/text/words.ts'
import { type Explanation, parseRouteSet, Router } from '../../src/index.ts'
import { clincRouteSet, clincRows, encoder, withoutLatency } from './route-sets.ts'

const routeSet = clincRouteSet(10, 8)
const names = new Set(routeSet.routes.map(({ name }) => name))
const router = Router.compile(routeSet, encoder)
const messages = [
  ...clincRows('test').filter(({ route }) => names.has(route!)),
  ...clincRows('oos_test').slice(0, 100),
].map(({ text }) => text)
const chatter = messages
  .slice(0, 40)
  .map(
    (text) =>
      `Hi, I hope you had a good weekend with your family. ${text}. I have been meaning to ask for ages.`,
  )

const explained = (text: string, options: object = {}) => {
  const decision = router.route(text, { explain: true, ...options })
  return { decision, explanation: decision.explanation! }
}

/** The message without any occurrence of the words. */
function leaveOut(text: string, leftOut: readonly string[]): string {
  const keys = new Set(leftOut.flatMap((word) => splitWords(word).words))
  const { words, starts, ends } = splitWords(text)
  let rest = ''
  let from = 0
  words.forEach((word, i) => {
    if (!keys.has(word)) return
    rest += text.slice(from, starts[i])
    from = ends[i]!
  })
  return rest + text.slice(from)
}

describe('an explanation', () => {
  it('does not change the decision that it explains', () => {
    for (const text of [...messages, ...chatter]) {
      const { explanation: _, ...decision } = withoutLatency(router.route(text, { explain: true }))
      expect(decision).toStrictEqual(withoutLatency(router.route(text)))
    }
  })

  it('shows examples of the best two wherever they rank among all routes', () => {
    const text = messages[0]!
    const ranked = router.route(text, { topK: 10 }).candidates.map(({ route }) => route)
    const last = ranked.slice(-2)
    const { explanation } = explained(text, { include: last })
    expect(new Set(explanation.nearest.map(({ route }) => route))).toEqual(new Set(last))
  })

  it('names words without which the decision is another, and none that is not needed for that', () => {
    let flips = 0
    let several = 0
    for (const text of [...messages, ...chatter]) {
      const { decision, explanation } = explained(text)
      const { withoutWords, then } = explanation.flip
      if (withoutWords === undefined) continue
      flips++
      expect(then).not.toBe(decision.route)
      expect(router.route(leaveOut(text, withoutWords)).route).toBe(then)
      if (withoutWords.length === 1) continue
      several++
      for (const word of withoutWords) {
        const fewer = withoutWords.filter((other) => other !== word)
        expect(router.route(leaveOut(text, fewer)).route).toBe(decision.route)
      }
    }
    expect(flips).toBeGreaterThan(messages.length / 4)
    expect(several).toBeGreaterThan(0)
  })

  it('names the threshold that turns the decision', () => {
    for (const text of messages.slice(0, 150)) {
      const { decision, explanation } = explained(text)
      const turns = explanation.flip.threshold!
      expect(turns).toBe(decision.confidence)
      expect(router.route(text, { threshold: turns }).route).toBe(decision.candidates[0]!.route)
      expect(router.route(text, { threshold: turns + 1e-9 }).route).toBeNull()
    }
  })

  it('shows as nearest only examples of the best route and the runner-up, the most similar first', () => {
    const examplesOf = new Map(routeSet.routes.map(({ name, examples }) => [name, examples]))
    for (const text of messages) {
      const { decision, explanation } = explained(text)
      const [best, second] = decision.candidates
      expect(explanation.runnerUp).toStrictEqual(second)
      expect(explanation.nearest.length).toBeGreaterThan(0)
      for (const route of [best!.route, second!.route]) {
        const shown = explanation.nearest.filter((entry) => entry.route === route)
        expect(shown).toHaveLength(3)
        const similarities = shown.map(({ similarity }) => similarity)
        expect(similarities).toStrictEqual([...similarities].sort((a, b) => b - a))
        for (const { example, similarity } of shown) {
          expect(examplesOf.get(route)).toContain(example)
          expect(Math.abs(similarity)).toBeLessThanOrEqual(1.001)
        }
      }
      expect(explanation.nearest).toHaveLength(6)
    }
  })

  it('gives an example of the route itself as the nearest, at similarity 1', () => {
    for (const { name, examples } of routeSet.routes) {
      const { explanation } = explained(examples[2]!)
      expect(explanation.nearest[0]).toMatchObject({ route: name, example: examples[2] })
      expect(explanation.nearest[0]!.similarity).toBeCloseTo(1, 2)
    }
  })

  it('weighs the words of the message, each once and as written, by what the margin loses without them', () => {
    const margin = (text: string, [best, second]: [string, string]) => {
      const { candidates } = router.route(text, { topK: 10 })
      const score = (name: string) => candidates.find(({ route }) => route === name)!.score
      return score(best) - score(second)
    }
    const ratios: number[] = []
    for (const text of ['Where did my PACKAGE go, package 17?', ...messages.slice(0, 30)]) {
      const { decision, explanation } = explained(text)
      if (explanation.segment !== undefined) continue
      const { words } = explanation
      const keys = words.map((word) => splitWords(word.text).words[0]!)
      expect([...keys].sort()).toStrictEqual([...new Set(splitWords(text).words)].sort())
      for (const word of words) expect(text).toContain(word.text)
      const effects = words.map(({ effect }) => Math.abs(effect))
      expect(effects).toStrictEqual([...effects].sort((a, b) => b - a))
      const pair: [string, string] = [decision.candidates[0]!.route, decision.candidates[1]!.route]
      const [first] = words
      const loss = margin(text, pair) - margin(leaveOut(text, [first!.text]), pair)
      if (Math.abs(loss) > 0.05) ratios.push(first!.effect / loss)
    }
    // Effects are in log odds, scores are not: the same factor lies between them everywhere.
    expect(ratios.length).toBeGreaterThan(20)
    for (const ratio of ratios) expect(ratio / ratios[0]!).toBeCloseTo(1, 1)
  })

  it('has a summary for every reason', () => {
    const desk = Router.compile(
      parseRouteSet({
        routes: [
          {
            name: 'refund',
            examples: ['I want my money back', 'refund the payment'],
            patterns: ['chargeback'],
          },
          { name: 'invoice', examples: ['send me the invoice', 'where is my bill'] },
        ],
      }),
      encoder,
    )
    const summary = (text: string, threshold: number) => {
      const { reason, explanation } = desk.route(text, { explain: true, threshold })
      return [reason, explanation!.summary]
    }
    expect(summary('a chargeback', 0.5)).toStrictEqual([
      'rule',
      'refund because its rule on phrase "chargeback" forces it.',
    ])
    expect(summary('refund the payment', 0.1)).toStrictEqual([
      'match',
      expect.stringMatching(
        /^refund with more than 99\.9% confidence; its nearest example is "refund the payment"/,
      ),
    ])
    expect(summary('refund the payment', 1)).toStrictEqual([
      'below-threshold',
      expect.stringMatching(/^No match: the best route, refund, has .*% confidence where 100% is needed\.$/),
    ])
  })

  it('is the same when only one candidate is asked for', () => {
    for (const text of messages.slice(0, 20)) {
      const { decision, explanation } = explained(text, { topK: 1 })
      expect(decision.candidates).toHaveLength(1)
      expect(explanation).toStrictEqual(explained(text).explanation)
    }
  })

  it('of a text of 32 KiB is made with a bounded number of scorings', () => {
    let encoded = 0
    const counting = {
      name: encoder.name,
      dimensions: encoder.dimensions,
      fingerprint: encoder.fingerprint,
      encode(text: string, into?: Float32Array) {
        encoded += text.length
        return encoder.encode(text, into)
      },
    }
    const counted = Router.load(router.save(), counting)
    const lengths = new Map<string, number>()
    const words = Array.from({ length: 4500 }, (_, i) => `word${i.toString(36)}`).join(' ')
    for (const text of [words, 'x y. '.repeat(6500)]) {
      encoded = 0
      counted.route(text)
      const once = encoded
      encoded = 0
      counted.route(text, { explain: true })
      lengths.set(text.slice(0, 4), encoded / once)
    }
    expect(lengths.get('word')).toBeLessThan(12)
    expect(lengths.get('x y.')).toBeLessThan(12)
  })
})

describe('spelling', () => {
  it('is corrected towards the words of the set, and the corrections are reported', () => {
    const desk = Router.compile(
      {
        routes: [
          { name: 'refund', examples: ['I want a refund for my subscription'] },
          { name: 'play', examples: ['play a song'] },
        ],
      },
      encoder,
    )
    const decision = desk.route('refnud my subscrition', { explain: true })
    const { corrections, words } = decision.explanation!
    expect(corrections).toStrictEqual([
      { from: 'refnud', to: 'refund' },
      { from: 'subscrition', to: 'subscription' },
    ])
    expect(decision.route).toBe('refund')
    expect(words.map(({ text }) => text).sort()).toStrictEqual(['my', 'refnud', 'subscrition'])
    expect(desk.route('refund my subscription', { explain: true }).explanation!.corrections).toStrictEqual([])
  })

  it('mistakes can be the words that flip a decision', () => {
    const flips: Explanation['flip'][] = []
    for (const text of messages.slice(0, 200)) {
      const long = splitWords(text).words.find((word) => word.length > 6)
      if (!long) continue
      const misspelt = text.replace(long, long.slice(0, 3) + long[4]! + long[3]! + long.slice(5))
      const { explanation, decision } = explained(misspelt)
      const { withoutWords, then } = explanation.flip
      if (!withoutWords || !explanation.corrections.some(({ from }) => withoutWords.includes(from))) continue
      flips.push(explanation.flip)
      expect(router.route(leaveOut(misspelt, withoutWords)).route).toBe(then)
      expect(then).not.toBe(decision.route)
    }
    expect(flips.length).toBeGreaterThan(5)
  })
})
