import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AsyncEncoder, Decision, Encoder } from '../contracts/index.ts'
import { seededRandom } from '../util/random.ts'
import { AsyncRouter } from './async-router.ts'
import { Router } from './router.ts'

const DIMENSIONS = 32

/** Vectors by the words of a text: a little like a sentence model, and the same for both kinds of encoder. */
function vectorOf(text: string): Float32Array {
  const sums = new Float64Array(DIMENSIONS)
  for (const word of text.toLowerCase().split(/\W+/)) {
    let seed = 7
    for (const letter of word) seed = (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0
    const random = seededRandom(seed >>> 0)
    for (let d = 0; d < DIMENSIONS; d++) sums[d] = sums[d]! + random() - 0.5
  }
  const length = Math.hypot(...sums)
  return Float32Array.from(sums, (x) => x / length)
}

const own = { name: 'words', dimensions: DIMENSIONS, fingerprint: 'words-1' }
const synchronous: Encoder = {
  ...own,
  encode(text, into = new Float32Array(DIMENSIONS)) {
    into.set(vectorOf(text))
    return into
  },
}

function waiting(): AsyncEncoder & { readonly batches: (readonly string[])[] } {
  const batches: (readonly string[])[] = []
  return {
    ...own,
    batches,
    async encodeMany(texts) {
      batches.push(texts)
      return texts.map(vectorOf)
    },
  }
}

const routeSet = {
  routes: [
    {
      name: 'billing',
      examples: ['where is my invoice', 'I was charged twice', 'refund my last order please'],
    },
    { name: 'login', examples: ['I cannot sign in', 'reset my password', 'the login page is broken'] },
    {
      name: 'shipping',
      examples: ['where is my parcel', 'track the delivery', 'my package has not arrived'],
    },
  ],
}
const manyRoutes = {
  routes: Array.from({ length: 30 }, (_, route) => ({
    name: `route-${route}`,
    examples: ['red', 'green', 'blue', 'grey'].map((colour) => `${colour} thing number ${route}`),
  })),
}

const plain = (decision: Decision) => ({ ...decision, latencyUs: 0 })

const piece = fc.constantFrom(
  'where is my invoice',
  'reset my pasword',
  'track the delivery',
  'hello there',
  'thanks a lot',
  'zebra quartz',
  'and another thing',
  'my package has not arrived',
)
const message = fc
  .array(fc.tuple(piece, fc.constantFrom('. ', ', ', '? ', ' and ', '\n')), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.flat().join(''))

describe('a router whose encoder has to be waited for', () => {
  it('decides as a router with the same vectors does, whatever the message and the options', async () => {
    const expected = Router.compile(routeSet, synchronous)
    const router = await AsyncRouter.compileAsync(routeSet, waiting())
    expect(router.snapshot).toBe(expected.snapshot)
    const options = fc.record({
      explain: fc.boolean(),
      context: fc.array(piece, { maxLength: 2 }),
      topK: fc.integer({ min: 1, max: 4 }),
      threshold: fc.constantFrom(0.1, 0.5, 0.99),
    })
    await fc.assert(
      fc.asyncProperty(message, options, async (text, given) => {
        expect(plain(await router.routeAsync(text, given))).toEqual(plain(expected.route(text, given)))
      }),
      { numRuns: 150 },
    )
  })

  it('asks first for the message alone, and in few calls for the rest', async () => {
    const encoder = waiting()
    const router = await AsyncRouter.compileAsync(routeSet, encoder)
    encoder.batches.length = 0
    await router.routeAsync('my parcel, my friend. the login is out. where is my invoice?')
    expect(encoder.batches[0]).toEqual(['my parcel, my friend. the login is out. where is my invoice?'])
    expect(encoder.batches.length).toBeLessThanOrEqual(3)
  })

  it('is edited to the snapshot that a router with the same vectors is edited to, small or large', async () => {
    for (const before of [routeSet, manyRoutes]) {
      const expected = Router.compile(before, synchronous)
      const router = await AsyncRouter.compileAsync(before, waiting())
      const added = { name: 'music', examples: ['play a song', 'turn the music up'] }
      const name = before.routes[0]!.name
      expected.add(added)
      expected.update({ name, examples: ['something else altogether'] })
      expected.remove(before.routes[1]!.name)
      await Promise.all([
        router.addAsync(added),
        router.updateAsync({ name, examples: ['something else altogether'] }),
        router.removeAsync(before.routes[1]!.name),
      ])
      expect(router.snapshot).toBe(expected.snapshot)
      expect(router.provisional).toBe(expected.provisional)
    }
  })

  it('is fitted on labelled texts, evaluated and saved as a router with the same vectors', async () => {
    const data = [
      { text: 'where is the invoice', route: 'billing' },
      { text: 'pasword reset. now please', route: 'login' },
      ...Array.from({ length: 12 }, (_, i) => ({
        text: `something odd, number ${i}. and more`,
        route: null,
      })),
    ]
    const expected = Router.compile(routeSet, synchronous)
    expected.fit({ data })
    const router = await AsyncRouter.compileAsync(routeSet, waiting(), { data })
    expect(router.snapshot).toBe(expected.snapshot)
    const { latencyUs: _, ...figures } = await router.evaluateAsync(data)
    const { latencyUs: __, ...wanted } = expected.evaluate(data)
    expect(figures).toEqual(wanted)
    const again = AsyncRouter.loadAsync(router.save(), waiting())
    expect(plain(await again.routeAsync('reset my password'))).toEqual(
      plain(expected.route('reset my password')),
    )
  })

  it('says what to call instead of each call that cannot wait', async () => {
    const router: Router = await AsyncRouter.compileAsync(routeSet, waiting())
    expect(router.isSynchronous).toBe(false)
    expect(() => router.route('hello')).toThrow(/await routeAsync instead/)
    expect(() => router.add({ name: 'x', examples: ['y'] })).toThrow(/await addAsync instead/)
    expect(() => router.fit()).toThrow(/await fitAsync instead/)
    expect(() => router.evaluate([])).toThrow(/await evaluateAsync instead/)
  })

  it('decides by a vector of the size of the encoder at once', async () => {
    const router = await AsyncRouter.compileAsync(routeSet, waiting())
    expect(router.routeVector(vectorOf('reset my password')).candidates[0]?.route).toBe('login')
    expect(() => router.routeVector(new Float32Array(16))).toThrow(/vector of 32 numbers/)
  })

  it('refuses an encoder of an awkward size, and answers of the wrong number, length or value', async () => {
    await expect(AsyncRouter.compileAsync(routeSet, { ...waiting(), dimensions: 50 })).rejects.toMatchObject({
      code: 'dimension_mismatch',
    })
    const wrong: readonly (readonly Float32Array[])[] = [
      [],
      Array.from({ length: 400 }, () => new Float32Array(DIMENSIONS)),
      Array.from({ length: 400 }, () => new Float32Array(DIMENSIONS).fill(Number.NaN)),
      Array.from({ length: 400 }, () => new Float32Array(16)),
    ]
    for (const vectors of wrong) {
      const encoder = {
        ...waiting(),
        fingerprint: 'wrong',
        encodeMany: async (texts: readonly string[]) =>
          vectors[0]?.every((x) => x === 0) && vectors[0].length === DIMENSIONS
            ? vectors
            : vectors.slice(0, texts.length),
      }
      await expect(AsyncRouter.compileAsync(routeSet, encoder)).rejects.toMatchObject({
        code: 'encoder_failed',
      })
    }
  })

  it('leaves the routes as they were when an edit cannot be encoded, and takes the next one', async () => {
    const encoder = waiting()
    let fails = false
    const router = await AsyncRouter.compileAsync(routeSet, {
      ...own,
      async encodeMany(texts) {
        if (fails) throw new Error('away')
        return encoder.encodeMany(texts)
      },
    })
    const { snapshot } = router
    fails = true
    await expect(router.addAsync({ name: 'music', examples: ['play a song'] })).rejects.toThrow('away')
    expect(router.snapshot).toBe(snapshot)
    fails = false
    await router.addAsync({ name: 'music', examples: ['play a song'] })
    expect(router.routeSet.routes).toHaveLength(4)
  })
})
