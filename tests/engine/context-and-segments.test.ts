import { describe, expect, it } from 'vitest'
import { Router } from '../../src/index.ts'
import { clincRouteSet, clincRows, encoder, withoutLatency } from './route-sets.ts'

const routeSet = clincRouteSet(12, 10)
const names = new Set(routeSet.routes.map(({ name }) => name))
const router = Router.compile(routeSet, encoder)
const rows = clincRows('test').filter(({ route }) => names.has(route!))
const sure = rows.filter(({ text, route }) => router.route(text).route === route)

describe('context', () => {
  // Messages that belong to no route by themselves.
  const follow = ['again please', 'the same once more', 'no, the other', 'and on tuesday', 'yes'].find(
    (text) => router.route(text).route === null,
  )!

  it('is read only when the message alone is unsure', () => {
    expect(sure.length).toBeGreaterThan(200)
    for (const { text } of sure.slice(0, 60)) {
      const { explanation, ...decision } = withoutLatency(
        router.route(text, { context: [rows[100]!.text, rows[200]!.text], explain: true }),
      )
      expect(decision).toStrictEqual(withoutLatency(router.route(text)))
      expect(explanation!.usedContext).toBe(false)
    }
  })

  it('decides a message that says nothing by itself, and the explanation says so', () => {
    expect(router.route(follow).route).toBeNull()
    let used = 0
    let right = 0
    for (const { text, route } of sure.slice(0, 100)) {
      const { explanation, ...decision } = router.route(follow, { context: [text], explain: true })
      expect(explanation!.usedContext).toBe(decision.route !== null)
      if (decision.route === null) continue
      used++
      if (decision.route === route) right++
      expect(decision.candidates[0]!.confidence).toBe(decision.confidence)
      expect(explanation!.summary).toContain('with the previous messages')
      expect(decision.outOfScope).toBeLessThan(0.5)
    }
    expect(used).toBeGreaterThan(10)
    expect(right / used).toBeGreaterThan(0.7)
  })

  it('counts the last message most', () => {
    let toLast = 0
    let toFirst = 0
    for (let place = 0; place < 60; place++) {
      const [first, last] = [sure[place]!, sure.at(-1 - place)!]
      if (first.route === last.route) continue
      const { route } = router.route(follow, { context: [first.text, last.text] })
      if (route === last.route) toLast++
      if (route === first.route) toFirst++
    }
    expect(toLast).toBeGreaterThan(5)
    expect(toLast).toBeGreaterThan(3 * toFirst)
  })

  it('changes nothing when it is empty or says nothing', () => {
    for (const { text } of rows.slice(0, 30)) {
      expect(withoutLatency(router.route(text, { context: [] }))).toStrictEqual(
        withoutLatency(router.route(text)),
      )
    }
    expect(router.route(follow, { context: ['', '?', 'hm'] }).route).toBeNull()
  })

  it('of many or long messages is read no further back than four', () => {
    const many = Array.from({ length: 500 }, () => sure[0]!.text)
    const last = [sure[1]!.text, 'ok', 'well', 'hm']
    expect(withoutLatency(router.route(follow, { context: [...many, ...last] }))).toStrictEqual(
      withoutLatency(router.route(follow, { context: last })),
    )
  })
})

describe('a long message', () => {
  const inChatter = (text: string) =>
    `Hello there, I hope you are doing well today. ${text}. I will be travelling with my sister until Sunday.`

  it('is decided by the part that asks, and the explanation shows that part as written', () => {
    let found = 0
    let spoken = 0
    for (const { text, route } of sure.slice(0, 100)) {
      const message = inChatter(text)
      const { candidates, explanation } = router.route(message, { explain: true })
      if (candidates[0]!.route === route) found++
      if (explanation!.segment === undefined) continue
      spoken++
      expect(message).toContain(explanation!.segment)
      expect(explanation!.summary).toContain(
        router.route(message).route === null ? 'No match' : 'by the part "',
      )
    }
    expect(found).toBeGreaterThan(70)
    expect(spoken).toBeGreaterThan(20)
  })

  it('with two requests reports both, in order, each with its part', () => {
    let both = 0
    let all = 0
    for (let place = 0; place + 50 < Math.min(sure.length, 200); place += 3) {
      const [a, b] = [sure[place]!, sure[place + 50]!]
      if (a.route === b.route) continue
      all++
      const message = `${a.text}. ${b.text}.`
      const { intents } = router.route(message)
      if (!intents) continue
      expect(intents.length).toBeGreaterThan(1)
      expect(new Set(intents.map(({ route }) => route)).size).toBe(intents.length)
      let from = 0
      for (const { text, confidence } of intents) {
        expect(confidence).toBeGreaterThanOrEqual(0.5)
        expect(message.indexOf(text, from)).toBeGreaterThanOrEqual(from)
        from = message.indexOf(text, from)
      }
      if (intents[0]!.route === a.route && intents.some(({ route }) => route === b.route)) both++
    }
    expect(all).toBeGreaterThan(30)
    expect(both / all).toBeGreaterThan(0.6)
  })

  it('with one request, or the same twice, reports no list', () => {
    for (const { text } of sure.slice(0, 40)) {
      expect(router.route(text)).not.toHaveProperty('intents')
      const { intents } = router.route(`${text}. ${text}.`)
      expect(intents).toBeUndefined()
    }
  })

  it('does not let a courtesy speak when there is a request', () => {
    const polite = Router.compile(
      {
        routes: [
          ...routeSet.routes,
          { name: 'thanks', examples: ['thank you so much', 'thanks a lot', 'thank you'] },
        ],
      },
      encoder,
    )
    const best = (text: string) => polite.route(text).candidates[0]!.route
    expect(best('thanks a lot')).toBe('thanks')
    const misled = sure.slice(0, 60).filter(({ text }) => best(`${text}. Thank you so much!`) === 'thanks')
    expect(misled.length).toBeLessThan(3)
  })
})
