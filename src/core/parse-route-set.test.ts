import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isStrataError } from '../errors/index.ts'
import { refusal } from '../testing/refusal.ts'
import { parseLabelledRows, parseRoute, parseRouteSet } from './parse-route-set.ts'

/** Path → detail of everything that is wrong with a set of these routes. */
const problemsOf = (...routes: unknown[]) =>
  Object.fromEntries(refusal(() => parseRouteSet({ routes })).details.map((detail) => [detail.path, detail]))

describe('what is accepted', () => {
  test('the documented shape comes back with aliases resolved and nothing added', () => {
    const routeSet = parseRouteSet({
      version: 1,
      routes: [
        {
          name: 'billing',
          description: 'Invoices, refunds, payments',
          examples: ['where is my invoice?', 'I was charged twice'],
          negatives: ['how do I build an invoicing app?'],
          rules: [
            { when: { regex: '\\bINV-\\d+\\b' }, then: 'force', priority: 2 },
            { when: { metadata: { plan: 'pro' } }, then: 'forbid' },
          ],
          keywords: ['refund'],
          patterns: ['chargeback', '/iban [a-z]{2}/s'],
          threshold: 0.6,
          tags: ['money'],
          metadata: { team: 'finance' },
          target: { model: 'fast', fallbacks: ['careful'] },
        },
        { name: 'other', examples: ['x'] },
      ],
      outOfScope: ['what is the meaning of life'],
      defaults: { threshold: 0.5 },
    })
    expect(routeSet.routes[0]?.rules).toEqual([
      { when: { regex: '\\bINV-\\d+\\b' }, then: 'force', priority: 2 },
      { when: { metadata: { plan: 'pro' } }, then: 'forbid' },
      { when: { phrase: 'refund' }, then: 'favour' },
      { when: { phrase: 'chargeback' }, then: 'force' },
      { when: { regex: 'iban [a-z]{2}', flags: 's' }, then: 'force' },
    ])
    expect(routeSet.routes[0]).toMatchObject({
      threshold: 0.6,
      tags: ['money'],
      metadata: { team: 'finance' },
    })
    expect(routeSet.routes[1]).toEqual({ name: 'other', examples: ['x'] })
    expect(routeSet.outOfScope).toEqual(['what is the meaning of life'])
    expect(routeSet.defaults).toEqual({ threshold: 0.5 })
  })

  test('a bare list of routes, and id for name, and utterances or references for examples', () => {
    expect(
      parseRouteSet([
        { id: 'a', utterances: ['x'] },
        { name: 'b', references: ['y'] },
      ]),
    ).toEqual({
      routes: [
        { name: 'a', examples: ['x'] },
        { name: 'b', examples: ['y'] },
      ],
    })
  })

  test('a threshold at the top of our own file is refused, as it would do nothing', () => {
    expect(() => parseRouteSet({ threshold: 0.7, routes: [] })).toThrow(/threshold: unknown field/)
  })

  test('the same text twice in a route, or in two, is no error', () => {
    expect(
      parseRouteSet([
        { name: 'a', examples: ['x', 'x'] },
        { name: 'b', examples: ['x'] },
      ]).routes,
    ).toHaveLength(2)
  })

  test('examples may be missing when name, description or rules say what the route is for', () => {
    expect(parseRoute({ name: 'password_reset' }).examples).toEqual([])
    expect(parseRoute({ name: 'r1', description: 'Password resets' }).examples).toEqual([])
    expect(parseRoute({ name: 'r1', keywords: ['password'] }).examples).toEqual([])
    expect(problemsOf({ name: 'r1', examples: [] })).toHaveProperty(['routes[0].examples'])
  })

  test('prototype keys in metadata are data, and a name may be one', () => {
    const metadata: unknown = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}')
    const route = parseRoute({ name: 'constructor', examples: ['x'], metadata })
    expect(Object.keys(route.metadata ?? {})).toEqual(['__proto__', 'constructor'])
    expect(JSON.stringify(route.metadata)).toBe('{"__proto__":{"polluted":true},"constructor":1}')
    expect(Object.getPrototypeOf(route.metadata)).toBe(Object.prototype)
    expect(
      parseRouteSet([
        { name: '__proto__', examples: ['x'] },
        { name: 'toString', examples: ['y'] },
      ]).routes,
    ).toHaveLength(2)
  })

  test('metadata is copied, so that a later change of the input changes nothing', () => {
    const metadata = { list: [1] }
    const route = parseRoute({ name: 'a', examples: ['x'], metadata })
    metadata.list.push(2)
    expect(route.metadata).toEqual({ list: [1] })
  })
})

describe('properties', () => {
  test('any value is either parsed or refused with a documented error', () => {
    const key = fc.oneof(
      fc.constantFrom(
        'name',
        'id',
        'examples',
        'rules',
        'when',
        'then',
        'regex',
        'phrase',
        'metadata',
        'routes',
        '__proto__',
        'target',
      ),
      fc.string(),
    )
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'medium' },
        fc.string(),
        fc.double(),
        fc.constantFrom(null, true, undefined),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.array(fc.tuple(key, tie('node')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
      ),
    })).node
    fc.assert(
      fc.property(value, (value) => {
        for (const candidate of [value, [value], { routes: [value] }]) {
          try {
            parseRouteSet(candidate)
          } catch (error) {
            expect(isStrataError(error)).toBe(true)
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  test('what was parsed parses to itself', () => {
    const text = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '')
    const route = fc.record({
      name: fc.stringMatching(/^[A-Za-z0-9._:-]{2,20}$/),
      examples: fc.array(text, { minLength: 1, maxLength: 5 }),
      negatives: fc.array(text, { maxLength: 2 }),
      keywords: fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 3 }),
      threshold: fc.double({ min: 0, max: 1, noNaN: true }),
      metadata: fc.dictionary(fc.string(), fc.jsonValue()),
    })
    fc.assert(
      fc.property(fc.uniqueArray(route, { selector: (route) => route.name, maxLength: 5 }), (routes) => {
        const once = parseRouteSet({ routes })
        expect(parseRouteSet(once)).toEqual(once)
      }),
    )
  })
})

describe('labelled rows', () => {
  test('null means out of scope, and other fields are passed over', () => {
    expect(
      parseLabelledRows([
        { text: 'a', route: 'x', id: 3 },
        { text: '', route: null },
      ]),
    ).toEqual([
      { text: 'a', route: 'x' },
      { text: '', route: null },
    ])
  })

  test('bad rows are all named', () => {
    const error = refusal(() =>
      parseLabelledRows([{ text: 'a' }, { text: 1, route: null }, 'x', { text: 'a', label: 'b' }]),
    )
    expect(error.code).toBe('invalid_data')
    expect(error.details.map((detail) => detail.path)).toEqual(['[0].route', '[1].text', '[2]', '[3].label'])
    expect(error.details[3]?.message).toContain('name it route')
    expect(refusal(() => parseLabelledRows({})).code).toBe('invalid_data')
  })
})
