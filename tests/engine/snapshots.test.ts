import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createKernels } from '../../src/core/vectors/kernels.ts'
import { type Encoder, isStrataError, Router, type RouteSet } from '../../src/index.ts'
import { anyMessage, anyRouteSet, clincRouteSet, encoder, withoutLatency } from './route-sets.ts'

const kernels = vi.hoisted(() => ({ simd: true }))
vi.mock('../../src/core/vectors/kernels.ts', async (original) => {
  const real = await original<typeof import('../../src/core/vectors/kernels.ts')>()
  return {
    ...real,
    createKernels: (bytes: number) => real.createKernels(bytes, kernels.simd),
    sharedKernels: (bytes: number) => real.sharedKernels(bytes, kernels.simd),
  }
})

/** Runs `make` with kernels in plain TypeScript. */
function withPlainKernels<T>(make: () => T): T {
  kernels.simd = false
  try {
    return make()
  } finally {
    kernels.simd = true
  }
}

const explained = { explain: true, topK: 5 } as const

/** Every decision of the two on the messages is the same, bit for bit, explanations included. */
function expectSameDecisions(a: Router, b: Router, messages: readonly string[]): void {
  for (const message of messages) {
    expect(withoutLatency(b.route(message, explained))).toStrictEqual(
      withoutLatency(a.route(message, explained)),
    )
  }
}

const someSet: RouteSet = {
  routes: [
    { name: 'refund', examples: ['I want my money back', 'refund my order'], metadata: { team: 'finance' } },
    { name: 'alarm', examples: ['wake me at seven'], threshold: 0.3, tags: ['home'] },
    { name: 'order', examples: [], rules: [{ when: { regex: '\\bORD-\\d+' }, then: 'force' }] },
  ],
  outOfScope: ['tell me a joke'],
  defaults: { threshold: 0.4 },
}

const refusal = (load: () => unknown): { code: string; message: string } | undefined => {
  try {
    load()
    return undefined
  } catch (error) {
    if (!isStrataError(error)) throw error
    return error
  }
}

const later = async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('a saved router', () => {
  it('decides the same after loading, bit for bit, explanations included', () => {
    fc.assert(
      fc.property(
        anyRouteSet(),
        fc.array(anyMessage, { minLength: 3, maxLength: 6 }),
        (routeSet, messages) => {
          const router = Router.compile(routeSet, encoder)
          const loaded = Router.load(router.save(), encoder)
          expect(loaded.snapshot).toBe(router.snapshot)
          expect(loaded.routeSet).toStrictEqual(router.routeSet)
          expect(loaded.report).toStrictEqual(router.report)
          expectSameDecisions(router, loaded, messages)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('is fitted, and decides, the same without SIMD', () => {
    expect(createKernels(16).simd).toBe(true)
    expect(withPlainKernels(() => createKernels(16).simd)).toBe(false)
    fc.assert(
      fc.property(
        anyRouteSet(),
        fc.array(anyMessage, { minLength: 3, maxLength: 6 }),
        (routeSet, messages) => {
          const router = Router.compile(routeSet, encoder)
          const plain = withPlainKernels(() => Router.compile(routeSet, encoder))
          expect(plain.snapshot).toBe(router.snapshot)
          expectSameDecisions(router, plain, messages)
          expectSameDecisions(
            router,
            withPlainKernels(() => Router.load(router.save(), encoder)),
            messages,
          )
        },
      ),
      { numRuns: 15 },
    )
  })

  it('saves to the same bytes again', () => {
    const bytes = Router.compile(someSet, encoder).save()
    expect(Buffer.compare(Router.load(bytes, encoder).save(), bytes)).toBe(0)
  })

  it('loads from a view into a larger buffer at any place', () => {
    const bytes = Router.compile(someSet, encoder).save()
    const larger = new Uint8Array(bytes.length + 7)
    larger.set(bytes, 3)
    const router = Router.load(larger.subarray(3, 3 + bytes.length), encoder)
    expect(router.route('ORD-17').route).toBe('order')
  })

  it('keeps nothing of the bytes that it was loaded from', () => {
    const edited = Router.compile(clincRouteSet(40, 4), encoder)
    edited.add({ name: 'kazoo', examples: ['play a polka on the kazoo'] })
    for (const router of [Router.compile(someSet, encoder), edited]) {
      const bytes = router.save()
      const loaded = Router.load(bytes, encoder)
      bytes.fill(0xff)
      expectSameDecisions(router, loaded, ['play a polka on the kazoo', 'refund my ordr', 'wake me at nine'])
      expect(Buffer.compare(loaded.save(), router.save())).toBe(0)
    }
  })

  it('is the same when it is loaded in steps, whatever router it takes words from', async () => {
    const larger = Router.compile(clincRouteSet(40, 4), encoder)
    const edited = Router.compile(clincRouteSet(40, 4), encoder)
    edited.add({ name: 'kazoo', examples: ['play a polka on the kazoo'] })
    for (const router of [Router.compile(someSet, encoder), edited]) {
      for (const before of [undefined, larger, edited]) {
        const loaded = await Router.loadInSteps(router.save(), encoder, { sha256: later, before })
        expectSameDecisions(router, loaded, [
          'play a polkka on the kazoo',
          'refund my ordr',
          'wake me at nine',
        ])
        expect(Buffer.compare(loaded.save(), router.save())).toBe(0)
      }
    }
  })

  it('is still provisional when it was saved between an edit and its fit', () => {
    const router = Router.compile(clincRouteSet(12, 10), encoder)
    router.add({ name: 'kazoo', examples: ['play a polka on the kazoo'] })
    const loaded = Router.load(router.save(), encoder)
    expect(loaded.provisional).toBe(true)
    expectSameDecisions(router, loaded, ['play a polka on the kazoo', 'what is the weather like'])
    loaded.refit()
    expect(Router.load(loaded.save(), encoder).provisional).toBe(false)
  })
})

describe('a snapshot', () => {
  it('is refused with the remedy by a router with another encoder', () => {
    const bytes = Router.compile(someSet, encoder).save()
    const other: Encoder = {
      name: 'another-encoder',
      dimensions: encoder.dimensions,
      fingerprint: 'f'.repeat(64),
      encode: (text, into) => encoder.encode(text, into),
    }
    const error = refusal(() => Router.load(bytes, other))
    expect(error?.code).toBe('encoder_mismatch')
    expect(error?.message).toContain(encoder.name)
    expect(error?.message).toContain('another-encoder')
    expect(error?.message).toMatch(/Fit the route set again with this encoder/)
  })

  it('is refused wherever it is cut off', () => {
    const bytes = Router.compile(someSet, encoder).save()
    const padding = 16
    for (let length = 0; length < bytes.length - padding; length += length < 1200 ? 1 : 97) {
      expect(refusal(() => Router.load(bytes.subarray(0, length), encoder))?.code, `${length} bytes`).toBe(
        'invalid_snapshot',
      )
    }
  })

  it('is refused with any bit flipped, unless the bit has no meaning', async () => {
    const router = Router.compile(someSet, encoder)
    const bytes = router.save()
    const headerEnd = 12 + new DataView(bytes.buffer).getUint32(8, true)
    let meaningless = 0
    const places = [...Array(headerEnd).keys()]
    for (let place = headerEnd; place < bytes.length; place += 13) places.push(place)
    for (const place of [headerEnd >> 1, bytes.length - 20]) {
      const damaged = bytes.slice()
      damaged[place] = damaged[place]! ^ 1
      const loading = Router.loadInSteps(damaged, encoder, { sha256: later })
      await expect(loading).rejects.toMatchObject({ code: 'invalid_snapshot' })
    }
    for (const place of places) {
      const damaged = bytes.slice()
      damaged[place] = damaged[place]! ^ (1 << (place % 8))
      const error = refusal(() => {
        const loaded = Router.load(damaged, encoder)
        expect(loaded.snapshot).toBe(router.snapshot)
        expect(Buffer.compare(loaded.save(), bytes)).toBe(0)
      })
      if (error === undefined) meaningless++
      else expect(error.code, `byte ${place}`).toBe('invalid_snapshot')
    }
    // Only what fills up sections to 16 bytes.
    expect(meaningless).toBeLessThan(places.length / 100)
  })

  it('is refused for every header that nobody has written, without a crash and without reserving what it asks for', () => {
    const withHeader = (json: string, length = json.length) => {
      const file = new Uint8Array(12 + json.length)
      file.set(new TextEncoder().encode('SRSNAP01'))
      new DataView(file.buffer).setUint32(8, length, true)
      file.set(new TextEncoder().encode(json), 12)
      return file
    }
    const huge = '{"sections":{"hashes":{"offset":0,"length":9007199254740991}},"formatVersion":1}'
    for (const file of [
      new Uint8Array(0),
      new Uint8Array(12),
      withHeader('{}', 0xffffffff),
      withHeader('null'),
      withHeader('[]'),
      withHeader('{}'),
      withHeader('{"sections":null}'),
      withHeader('{"sections":[]}'),
      withHeader('{"sections":{"__proto__":{"offset":0,"length":0}},"formatVersion":1}'),
      withHeader('{"sections":{},"formatVersion":1,"encoder":{"fingerprint":5}}'),
      withHeader('{"sections":{},"formatVersion":2}'),
      withHeader('{"sections":{"hashes":{"offset":-1,"length":1}}}'),
      withHeader('{"sections":{"hashes":7}}'),
      withHeader(huge),
      withHeader('['.repeat(100_000)),
    ]) {
      expect(refusal(() => Router.load(file, encoder))?.code).toBe('invalid_snapshot')
    }
  })
})
