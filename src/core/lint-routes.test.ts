import { expect, test } from 'vitest'
import type { Decision, Encoder, RouteDefinition, RouteSet } from '../contracts/index.ts'
import { seededRandom } from '../util/random.ts'
import { type LintKind, type LintRouter, lintRoutes } from './lint-routes.ts'
import { EXACT_LIMIT, nearDuplicates } from './linting/near-duplicates.ts'

const enough = ['how do I pay', 'send me the bill', 'wrong amount charged']
const other = ['my parcel is late', 'where is the courier', 'track delivery']
const route = (
  name: string,
  examples: readonly string[],
  more: Partial<RouteDefinition> = {},
): RouteDefinition => ({
  name,
  examples,
  ...more,
})
test('an empty set is told to be one, as an error', () => {
  expect(lintRoutes({ routes: [] }).problems).toMatchObject([
    { kind: 'no-routes', severity: 'error', routes: [], suggestion: expect.stringContaining('Add a route') },
  ])
})

const kindsOf = (routeSet: RouteSet, router?: LintRouter): LintKind[] =>
  lintRoutes(routeSet, router).problems.map((problem) => problem.kind)
const found = (routeSet: RouteSet, kind: LintKind, router?: LintRouter) =>
  lintRoutes(routeSet, router).problems.find((problem) => problem.kind === kind)

/** Letters counted: near texts get near vectors. */
const letters: Encoder = {
  name: 'letters',
  dimensions: 32,
  fingerprint: 'letters',
  encode(text, into = new Float32Array(32)) {
    into.fill(0)
    for (const letter of text) into[letter.charCodeAt(0) % 32]! += 1
    const length = Math.hypot(...into) || 1
    for (let index = 0; index < into.length; index++) into[index]! /= length
    return into
  },
}

function answering(
  answer: (text: string) => string | null,
  reason: Decision['reason'] = 'match',
): LintRouter {
  return {
    encoder: letters,
    route: (text) => ({
      route: answer(text),
      confidence: 0.9,
      threshold: 0.5,
      outOfScope: 0.1,
      reason,
      candidates: [{ route: answer(text) ?? 'a', confidence: 0.9, score: 1 }],
      metadata: {},
      snapshot: '',
      latencyUs: 0,
    }),
  }
}

test('a good set has no problems', () => {
  expect(
    kindsOf({ routes: [route('a', enough), route('b', other)], outOfScope: ['tell me a joke'] }),
  ).toEqual([])
})

test('thin and empty routes are named', () => {
  const routes = [
    route('a', enough),
    route('b', ['one', 'two', 'two']),
    route('c', [], { description: 'Deliveries' }),
  ]
  expect(found({ routes }, 'few-examples')).toMatchObject({
    routes: ['b'],
    detail: expect.stringMatching(/Only 2/),
  })
  expect(found({ routes }, 'no-examples')).toMatchObject({
    routes: ['c'],
    detail: expect.stringMatching(/name and description/),
  })
})

test('a text in two routes, or twice in one, is no error, and neither case nor accents hide it', () => {
  const routes = [route('a', [...enough, 'Café bill', 'cafe  BILL']), route('b', [...other, 'CAFÉ bill'])]
  expect(found({ routes }, 'repeated-example')).toMatchObject({ severity: 'info', routes: ['a'] })
  expect(found({ routes }, 'shared-example')).toMatchObject({ severity: 'warning', routes: ['a', 'b'] })
  expect(lintRoutes({ routes }).problems.some((problem) => problem.severity === 'error')).toBe(false)
})

test('a negative that is an example of its own route is an error; of another route it is what negatives are for', () => {
  expect(
    found({ routes: [route('a', enough, { negatives: ['How do I pay'] })] }, 'negative-is-example')?.severity,
  ).toBe('error')
  expect(kindsOf({ routes: [route('a', enough, { negatives: [other[0]!] }), route('b', other)] })).toEqual([])
})

test('an out-of-scope text that is an example is an error', () => {
  expect(
    found({ routes: [route('a', enough)], outOfScope: ['send me the bill'] }, 'out-of-scope-is-example'),
  ).toMatchObject({
    severity: 'error',
    routes: ['a'],
  })
})

test('rules that undo one another are found whatever their spelling', () => {
  const contradictory = route('a', enough, {
    rules: [
      { when: { phrase: 'Refund' }, then: 'force' },
      { when: { phrase: 'refund' }, then: 'forbid' },
    ],
  })
  expect(found({ routes: [contradictory] }, 'contradictory-rules')).toMatchObject({
    severity: 'error',
    routes: ['a'],
  })
  const forcing = (name: string, priority: number) =>
    route(name, enough, { rules: [{ when: { regex: 'x', flags: 'i' }, then: 'force', priority }] })
  const byDefault = route('d', other, { rules: [{ when: { regex: 'x' }, then: 'force' }] })
  expect(found({ routes: [forcing('a', 0), forcing('b', 1), byDefault] }, 'competing-rules')?.routes).toEqual(
    ['a', 'd'],
  )
})

test('a threshold that no confidence reaches is an error', () => {
  expect(found({ routes: [route('a', enough, { threshold: 1 })] }, 'unreachable-threshold')?.routes).toEqual([
    'a',
  ])
  const routes = [route('a', enough), route('b', other, { threshold: 0.5 })]
  expect(found({ routes, defaults: { threshold: 1 } }, 'unreachable-threshold')?.routes).toEqual(['a'])
})

test('names that differ only in case and very uneven sizes are named', () => {
  const many = Array.from({ length: 100 }, (_, index) => `${other[index % 3]} ${index}`)
  const problems = kindsOf({ routes: [route('Pay', enough), route('pay', many)] })
  expect(problems).toContain('similar-names')
  expect(problems).toContain('unbalanced-examples')
})

test('examples that the encoder hardly tells apart are an overlap', () => {
  const routes = [route('a', [...enough, 'abcdefgh']), route('b', [...other, 'abcdefgh abcdefgi'])]
  const router = answering((text) => (routes[0]!.examples.includes(text) ? 'a' : 'b'))
  expect(found({ routes }, 'overlap', router)).toMatchObject({
    routes: ['a', 'b'],
    detail: expect.stringMatching(/"abcdefgh" and "abcdefgh abcdefgi" \(0\.9/),
  })
  expect(kindsOf({ routes })).not.toContain('overlap')
})

test('examples that would go elsewhere are named with where', () => {
  const routes = [route('a', enough), route('b', other)]
  const router = answering(() => 'b')
  expect(found({ routes }, 'misrouted-examples', router)).toMatchObject({
    routes: ['a', 'b'],
    detail: expect.stringMatching(/^3 examples/),
  })
  expect(
    kindsOf(
      { routes },
      answering((text) => (enough.includes(text) ? 'a' : 'b')),
    ),
  ).not.toContain('misrouted-examples')
})

test('errors come first, and a kind that fills pages is cut with a count', () => {
  const routes = Array.from({ length: 300 }, (_, index) => route(`r${index}`, [`only ${index}`]))
  routes.push(route('last', enough, { threshold: 1 }))
  const { problems } = lintRoutes({ routes })
  expect(problems[0]?.kind).toBe('unreachable-threshold')
  expect(problems.filter((problem) => problem.kind === 'few-examples')).toHaveLength(200)
  expect(problems.at(-1)?.detail).toMatch(/^300 problems of the kind few-examples/)
})

test('beyond the exact limit planted near duplicates are still found', () => {
  const dimensions = 32
  const count = EXACT_LIMIT + 500
  const random = seededRandom(7)
  const vectors = new Float32Array(count * dimensions)
  for (let vector = 0; vector < count; vector++) {
    const row = vectors.subarray(vector * dimensions, (vector + 1) * dimensions)
    const twin =
      vector % 2 === 1 && vector < 200
        ? vectors.subarray((vector - 1) * dimensions, vector * dimensions)
        : null
    for (let d = 0; d < dimensions; d++)
      row[d] = twin === null ? random() - 0.5 : twin[d]! + (random() - 0.5) * 0.03
    const length = Math.hypot(...row)
    for (let d = 0; d < dimensions; d++) row[d]! /= length
  }
  const groups = Array.from({ length: count }, (_, index) => index)
  const pairs = nearDuplicates(vectors, dimensions, groups, 0.95)
  const planted = pairs.filter(({ first, second }) => first % 2 === 0 && second === first + 1 && second < 200)
  expect(planted.length).toBeGreaterThanOrEqual(95)
})

test('an error rate in the file is a warning until a fit has promised it', () => {
  const set: RouteSet = {
    routes: [route('a', enough), route('b', other)],
    defaults: { maxErrorRate: 0.02 },
  }
  const problem = found(set, 'unmet-error-rate')
  expect(problem?.severity).toBe('warning')
  expect(problem?.detail).toContain('threshold 0.5')
  expect(
    found({ ...set, defaults: { maxErrorRate: 0.02, threshold: 0.7 } }, 'unmet-error-rate')?.detail,
  ).toContain('threshold 0.7')
  const guarantee = { maxErrorRate: 0.02, delta: 0.05, coverage: 0.5, rows: 200 }
  const promised = { ...answering(() => 'a'), report: { thresholds: { default: 0.8, guarantee } } }
  expect(kindsOf(set, promised)).not.toContain('unmet-error-rate')
})
