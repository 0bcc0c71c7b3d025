import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRouteSet, Router } from '../../src/index.ts'
import { anyMessage, encoder } from './route-sets.ts'

const examples = {
  billing: ['where is my invoice', 'I was charged twice', 'pay the bill'],
  support: ['the app crashes', 'it does not start', 'an error comes up'],
  sales: ['what does it cost', 'do you have a discount', 'I want to buy more seats'],
}
type Name = keyof typeof examples

const withRules = (rules: Partial<Record<Name, unknown[]>>, more: Partial<Record<Name, object>> = {}) =>
  Router.compile(
    parseRouteSet(
      (Object.keys(examples) as Name[]).map((name) => ({
        name,
        examples: examples[name],
        ...(rules[name] ? { rules: rules[name] } : {}),
        ...more[name],
      })),
    ),
    encoder,
  )

const when = { phrase: 'urgent' }

describe('a force rule', () => {
  it('decides whatever the words say, with its own reason, metadata and confidence', () => {
    const router = withRules({ sales: [{ when, then: 'force' }] }, { sales: { metadata: { team: 'sales' } } })
    const decision = router.route('urgent: the app crashes', { threshold: 1, explain: true })
    expect(decision).toMatchObject({ route: 'sales', reason: 'rule', metadata: { team: 'sales' } })
    expect(decision.candidates[0]!.route).toBe('sales')
    expect(decision.confidence).toBeGreaterThan(0.99)
    expect(decision.confidence).toBeLessThan(1)
    expect(decision.candidates.reduce((sum, { confidence }) => sum + confidence, 0)).toBeLessThanOrEqual(
      1 + 3e-6,
    )
    // Words that belong nowhere leave no doubt either where a rule has decided.
    for (const text of ['urgent: the app crashes', 'urgent: sing me a song about the sea']) {
      const { confidence, outOfScope } = router.route(text)
      expect(outOfScope).toBeGreaterThan(0)
      expect(confidence + outOfScope).toBeLessThanOrEqual(1)
    }
    expect(decision.explanation!.rules).toStrictEqual([
      { route: 'sales', then: 'force', when: 'phrase "urgent"' },
    ])
    expect(decision.explanation!.summary).toContain('phrase "urgent"')
    expect(decision.explanation!.flip).toStrictEqual({})
    expect(router.route('the app crashes').route).toBe('support')
  })

  it('is found anywhere in a long message', () => {
    const router = withRules({ sales: [{ when, then: 'force' }] })
    const decision = router.route(
      'Hello there. The app crashes when I open it. This is urgent. Thanks a lot!',
      {
        explain: true,
      },
    )
    expect(decision.route).toBe('sales')
    expect(decision.explanation).not.toHaveProperty('segment')
  })

  it('gives way to one of higher priority, then to the earlier in the file', () => {
    const both = withRules({
      billing: [{ when, then: 'force' }],
      support: [{ when, then: 'force', priority: 5 }],
      sales: [{ when, then: 'force', priority: 5 }],
    })
    expect(both.route('urgent').route).toBe('support')
    expect(both.route('urgent', { exclude: ['support'] }).route).toBe('sales')
    expect(both.route('urgent', { include: ['billing'] }).route).toBe('billing')
  })

  it('cannot force what another rule forbids', () => {
    const router = withRules({
      sales: [
        { when, then: 'force' },
        { when: { phrase: 'never' }, then: 'forbid' },
      ],
    })
    const decision = router.route('urgent, but never', { topK: 5 })
    expect(decision.reason).not.toBe('rule')
    expect(decision.candidates.map(({ route }) => route)).not.toContain('sales')
  })
})

describe('a forbid rule', () => {
  it('takes its route out of the decision, whatever the threshold', () => {
    const router = withRules({ support: [{ when, then: 'forbid' }] })
    fc.assert(
      fc.property(anyMessage, (message) => {
        const decision = router.route(`urgent ${message}`, {
          threshold: 0,
          topK: 5,
          context: ['the app crashes'],
        })
        expect(decision.route).not.toBe('support')
        expect(decision.candidates.map(({ route }) => route)).not.toContain('support')
        expect(decision.intents?.map(({ route }) => route) ?? []).not.toContain('support')
      }),
      { numRuns: 40 },
    )
  })

  it('of every route leaves no match', () => {
    const forbid = [{ when, then: 'forbid' }]
    const router = withRules({ billing: forbid, support: forbid, sales: forbid })
    const message = 'urgent: the app crashes. And also an invoice is wrong, tell me what it costs.'
    expect(router.route(message, { threshold: 0, explain: true })).toMatchObject({
      route: null,
      candidates: [],
    })
  })
})

describe('a favour rule', () => {
  it('multiplies the odds of its route against any other by e squared', () => {
    const favoured = withRules({ billing: [{ when, then: 'favour' }] })
    const plain = withRules({ billing: [{ when: { phrase: 'something else' }, then: 'favour' }] })
    const odds = (router: Router, message: string) => {
      const { candidates } = router.route(message, { topK: 3 })
      const of = (name: string) => candidates.find(({ route }) => route === name)!.confidence
      return of('billing') / of('sales')
    }
    for (const message of [
      'urgent question about the price',
      'urgent: a seat for the invoice',
      'urgent discount',
    ]) {
      // Confidences have six decimals, which leaves the odds fewer.
      expect(odds(favoured, message) / odds(plain, message) / Math.E ** 2).toBeCloseTo(1, 2)
    }
  })
})

describe('a metadata rule', () => {
  const router = withRules({
    billing: [{ when: { metadata: { plan: 'free', region: 'eu' } }, then: 'forbid' }],
    sales: [{ when: { metadata: { vip: true } }, then: 'force' }],
  })

  it('needs every key to be equal, in type too', () => {
    expect(router.route('pay the bill', { metadata: { vip: true } }).route).toBe('sales')
    for (const vip of ['true', 1, false]) {
      expect(router.route('pay the bill', { metadata: { vip } }).route).toBe('billing')
    }
    expect(router.route('pay the bill', { metadata: { plan: 'free' } }).route).toBe('billing')
    expect(router.route('pay the bill', { metadata: { plan: 'free', region: 'eu', x: 1 } }).route).not.toBe(
      'billing',
    )
    expect(router.route('pay the bill').route).toBe('billing')
  })
})

describe('a route of rules alone', () => {
  const router = Router.compile(
    parseRouteSet([
      { name: 'x1', rules: [{ when: { regex: '^ticket [0-9]+$' }, then: 'force' }] },
      ...Object.entries(examples).map(([name, texts]) => ({ name, examples: texts })),
    ]),
    encoder,
  )

  it('answers when its rule does, and only then', () => {
    expect(router.route('ticket 42')).toMatchObject({ route: 'x1', reason: 'rule' })
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(router.route(`a ${message}`).route).not.toBe('x1')
      }),
      { numRuns: 60 },
    )
  })

  it('has no nearest examples to show', () => {
    const { explanation } = router.route('ticket 42', { explain: true })
    expect(explanation!.nearest.filter(({ route }) => route === 'x1')).toStrictEqual([])
  })
})
