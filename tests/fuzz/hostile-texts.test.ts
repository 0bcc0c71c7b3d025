import { describe, expect, it } from 'vitest'
import { type Encoder, type RouteOptions, Router } from '../../src/index.ts'
import { seededRandom } from '../../src/util/random.ts'
import { encoder, withoutLatency } from '../engine/route-sets.ts'
import { busyRouteSet } from './hostile-routes.ts'
import { hostileText, hostileTexts, KIND_COUNT, LONGEST_TEXT } from './hostile-texts.ts'

/** Characters that the encoder has been given so far, which is what all other work of a decision goes with. */
let encoded = 0
const counting: Encoder = {
  name: encoder.name,
  dimensions: encoder.dimensions,
  fingerprint: encoder.fingerprint,
  lexicon: encoder.lexicon,
  encode(text, into) {
    encoded += text.length
    return encoder.encode(text, into)
  },
}

const router = Router.compile(busyRouteSet, counting)
const names = new Set(busyRouteSet.routes.map(({ name }) => name))
// A correction may lengthen a word by two letters, and at most 24 words are corrected in one text.
const LENGTHENED = 48

const isSound = (text: string, options: RouteOptions): boolean => {
  const { route, confidence, outOfScope, candidates } = router.route(text, options)
  let before = 1
  for (const candidate of candidates) {
    if (!(candidate.confidence > 0 && candidate.confidence <= before)) return false
    if (!Number.isFinite(candidate.score) || !names.has(candidate.route)) return false
    before = candidate.confidence
  }
  return (
    (route === null || names.has(route)) &&
    confidence > 0 &&
    confidence < 1 &&
    outOfScope >= 0 &&
    outOfScope <= 1 &&
    candidates.length <= (options.topK ?? 3)
  )
}

describe('hostile texts', () => {
  it('get a sound decision, 100,000 of them, each for reading the text at most six times', () => {
    let place = 0
    for (const text of hostileTexts(100_000, 1)) {
      encoded = 0
      if (!isSound(text, {})) expect.fail(`unsound for text ${place}: ${JSON.stringify(text.slice(0, 200))}`)
      // The whole, its parts, the windows (eight words every three, so less than three times all), and once more what decides.
      const most = 6 * (text.length + LENGTHENED)
      if (encoded > most) expect.fail(`read ${encoded} characters of ${text.length} for text ${place}`)
      place++
    }
    expect(place).toBe(100_000)
  })

  it('get one with hostile options, context and explanations too', () => {
    const random = seededRandom(2)
    const texts = [...hostileTexts(1500, 3, 100)]
    const any = () => texts[Math.floor(random() * texts.length)]!
    for (const text of texts) {
      const options: RouteOptions = {
        topK: 1 + Math.floor(random() * 30),
        threshold: random(),
        explain: random() < 0.3,
        context: Array.from({ length: Math.floor(random() * 7) }, any),
        metadata: JSON.parse(
          `{"__proto__": true, "vip": ${random() < 0.1}, ${JSON.stringify(any().slice(0, 50))}: 1}`,
        ),
        ...(random() < 0.3 ? { include: ['money', '__proto__', 'order'] } : {}),
        ...(random() < 0.3 ? { exclude: ['refund', 'bomb'] } : {}),
      }
      if (!isSound(text, options)) expect.fail(`unsound for ${JSON.stringify(text.slice(0, 200))}`)
    }
    expect(Object.prototype).not.toHaveProperty('vip')
  })

  it('of the greatest length are decided the same twice, before and after all others', () => {
    const random = seededRandom(4)
    for (let kind = 0; kind < KIND_COUNT; kind++) {
      const text = hostileText(kind, LONGEST_TEXT, random)
      const fresh = Router.load(router.save(), encoder)
      expect(withoutLatency(router.route(text))).toStrictEqual(withoutLatency(fresh.route(text)))
    }
  })

  it('are as good as any other as examples', () => {
    const texts = [...hostileTexts(3 * KIND_COUNT, 5, 40)]
    const routes = Array.from({ length: 6 }, (_, route) => ({
      name: `route-${route}`,
      examples: texts.filter((_, place) => place % 6 === route),
    }))
    const hostile = Router.compile({ routes, outOfScope: texts.slice(0, 5) }, encoder)
    for (const text of texts) {
      const { confidence } = hostile.route(text, { explain: true })
      expect(confidence > 0 && confidence < 1).toBe(true)
    }
    expect(Router.load(hostile.save(), encoder).snapshot).toBe(hostile.snapshot)
  })
})
