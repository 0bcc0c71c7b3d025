import { describe, expect, it } from 'vitest'
import { parseRouteSet, Router } from '../../src/index.ts'
import { desk, encoder } from './route-sets.ts'

describe('a text without any known word', () => {
  const own = Router.compile(
    parseRouteSet({
      routes: [
        {
          name: 'devices',
          examples: ['the ZX-81 does not start', 'qwrtzl 4711 is broken', 'ask for a new answer'],
          keywords: ['blorptastic'],
        },
        { name: 'billing', examples: ['where is my invoice', 'I was charged twice'], patterns: ['zzzz'] },
      ],
    }),
    encoder,
  )

  it.each([
    'asdf qwer',
    'qqq xkcd',
    'xzzzx',
    '!!!',
    '…',
    '123456',
    '👍',
    'где мой заказ',
    '我的订单',
    'أين طلبي',
  ])('is out of scope in a small set: %s', (text) => {
    for (const router of [own, desk]) {
      const { route, reason, confidence, outOfScope } = router.route(text)
      expect({ route, reason }).toEqual({ route: null, reason: 'out-of-scope' })
      expect(confidence).toBeLessThan(1e-5)
      expect(outOfScope).toBeGreaterThan(0.999)
    }
  })

  it('is as the empty text is', () => {
    const { route, reason, outOfScope } = own.route('')
    expect({ route, reason }).toEqual({ route: null, reason: 'out-of-scope' })
    expect(own.route('asdf qwer').outOfScope).toBe(outOfScope)
  })

  it('still goes where a rule forces it', () => {
    expect(own.route('zzzz')).toMatchObject({ route: 'billing', reason: 'rule' })
  })

  it('is none where a name, a number, an inflected or misspelt word of the examples or a keyword stands in it', () => {
    for (const text of ['qwrtzl', 'qwrtzls', '4711', 'invoices', 'invoce', 'blorptastic']) {
      expect(own.route(text).outOfScope, text).toBeLessThan(0.99)
    }
  })

  it('may be an answer to a question: then the conversation says what it is about', () => {
    const context = ['where is my invoice, I was charged twice']
    expect(own.route('123456', { context })).toMatchObject({ route: 'billing', reason: 'match' })
  })

  it('adds nothing to a request beside it', () => {
    expect(desk.route('asdf qwer. Please refund my order.').route).toBe('refund')
  })
})
