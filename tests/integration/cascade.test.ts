import { createHash } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import type { CascadeWork } from '../../src/app/fit-cascade.ts'
import type { AsyncEncoder } from '../../src/contracts/index.ts'
import { Cascade } from '../../src/core/index.ts'
import { loadBuiltinEncoder } from '../../src/encoders/builtin/index.ts'
import { makeFolder, type Serving, serve } from './serving.ts'

const SIZE = 32
const running: Serving[] = []
afterEach(async () => {
  for (const serving of running.splice(0)) await serving.end()
})

/** Tells texts about money from all others, and is otherwise of no help. */
function vectorOf(text: string): Float32Array {
  const noise = createHash('sha256').update(text).digest()
  const values = Array.from({ length: SIZE }, (_, d) => ((noise[d] ?? 0) - 128) / 600)
  values[/refund|invoice|charged|pay/.test(text) ? 0 : 1]! += 1
  const length = Math.hypot(...values)
  return Float32Array.from(values, (x) => x / length)
}

const routes = [
  { name: 'billing', examples: ['where is my refund', 'I was charged twice', 'send me the invoice'] },
  { name: 'technical', examples: ['the app crashes', 'I cannot log in', 'the page stays blank'] },
]

/** A server with a slower encoder whose behaviour the test chooses; cascades are fitted here, not in a process. */
async function serveCascade(options: { folder?: string; share?: number } = {}) {
  const state = {
    asked: 0,
    fits: 0,
    mood: 'well' as 'well' | 'failing',
    fitFails: false,
    begun: (): void => {},
    hold: Promise.resolve(),
  }
  let passedMs = 0
  const lines: { msg: string; times?: number; retryInSeconds?: number }[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const builtin = await loadBuiltinEncoder()
  const encoder: AsyncEncoder = {
    name: 'money',
    dimensions: SIZE,
    fingerprint: 'money-1',
    async encodeMany(texts) {
      state.asked++
      if (state.mood === 'failing') throw new Error('away')
      return texts.map(vectorOf)
    },
  }
  const serving = await serve({
    ...(options.folder ? { folder: options.folder } : {}),
    flags: { 'cascade.share': options.share ?? 1 },
    logger,
    clock: { now: () => Date.now(), monotonicMs: () => passedMs },
    slower: {
      encoder,
      async fit({ routeSet, share }: CascadeWork) {
        state.fits++
        state.begun()
        await state.hold
        if (state.fitFails) throw new Error('no vectors today')
        return (await Cascade.compile(routeSet, { fast: builtin, slow: encoder, ask: { share } })).save()
      },
    },
  })
  running.push(serving)
  const put = async () => {
    await serving.call('PUT', '/v1/route-sets/default', { routes })
    await serving.app.idle()
    // The first message after a change begins the cascade.
    await serving.call('POST', '/v1/route', { text: 'where is my refund' })
    await serving.app.idle()
    state.asked = 0
  }
  const advance = (milliseconds: number) => {
    passedMs += milliseconds
  }
  return { serving, state, put, lines, advance }
}

const asked = async (serving: Serving) =>
  Object.fromEntries(
    [
      ...(await serving.call('GET', '/metrics')).text.matchAll(
        /^stratarouter_cascade_asked_total\{outcome="([^"]+)"\} (\d+)/gm,
      ),
    ].map(([, outcome, count]) => [outcome, Number(count)]),
  )

describe('a server with a slower encoder', () => {
  it('decides alone until the cascade is there, then asks, and names who had the last word', async () => {
    const { serving, state } = await serveCascade()
    await serving.call('PUT', '/v1/route-sets/default', { routes })
    await serving.app.idle()
    const first = await serving.call('POST', '/v1/route', { text: 'I want to pay the invoice' })
    expect(first.json.encoder).toBeUndefined()
    await serving.app.idle()
    const { json, status } = await serving.call('POST', '/v1/route', { text: 'I want to pay the invoice' })
    expect(status).toBe(200)
    expect(json).toMatchObject({ route: 'billing', encoder: 'money', asked: 'answered' })
    expect(json.snapshot).toBe(serving.app.router().snapshot)
    expect(state.fits).toBe(1)
    expect(await asked(serving)).toEqual({ 'not-ready': 1, answered: 1 })
    expect((await serving.call('GET', '/metrics')).text).toContain(
      'stratarouter_cascade_ask_duration_seconds_count 1',
    )
  })

  it('answers batches and explanations too', async () => {
    const { serving, put } = await serveCascade()
    await put()
    const batch = await serving.call('POST', '/v1/route/batch', {
      texts: ['refund please', 'the app is blank', 'hello'],
    })
    expect(batch.json.decisions.map((decision: { asked: string }) => decision.asked)).toEqual(
      Array(3).fill('answered'),
    )
    const explained = await serving.call('POST', '/v1/route', { text: 'refund please', explain: true })
    expect(explained.json.explanation.summary).toContain('billing')
  })

  it('decides alone when the slower encoder fails, and says so', async () => {
    const { serving, state, put } = await serveCascade()
    await put()
    state.mood = 'failing'
    const { json, status } = await serving.call('POST', '/v1/route', { text: 'where is my refund' })
    expect(status).toBe(200)
    expect(json).toMatchObject({ route: 'billing', asked: 'failed' })
    expect((await asked(serving)).failed).toBe(1)
  })

  it('writes one line in ten seconds about a slower encoder that is away, with a count', async () => {
    const { serving, state, put, lines, advance } = await serveCascade()
    await put()
    state.mood = 'failing'
    const ask = () => serving.call('POST', '/v1/route', { text: 'where is my refund' })
    const counts = () =>
      lines.filter(({ msg }) => msg === 'the slower encoder gave no answer').map(({ times }) => times)
    for (const _ of [1, 2, 3]) await ask()
    expect(counts()).toEqual([1])
    advance(10_000)
    await ask()
    expect(counts()).toEqual([1, 3])
  })

  it('scores on labelled data what decides, and says how often it asked', async () => {
    const { serving, state, put } = await serveCascade()
    await put()
    const data = ['refund please', 'pay the invoice', 'the app is blank', 'no page', 'hello'].map((text) => ({
      text,
      route: /refund|pay/.test(text) ? 'billing' : 'technical',
    }))
    const score = async (rows: readonly object[]) =>
      (await serving.call('POST', '/v1/eval', { data: rows })).json
    const batch = await serving.call('POST', '/v1/route/batch', { texts: data.map(({ text }) => text) })
    const right = batch.json.decisions.filter(
      ({ route }: { route: string | null }, row: number) => route === data[row]?.route,
    )
    expect(await score(data)).toMatchObject({
      asked: 5,
      unanswered: 0,
      inScopeAccuracy: 1,
      thresholdedAccuracy: right.length / 5,
    })
    state.mood = 'failing'
    expect(await score(data)).toMatchObject({ n: 5, asked: 5, unanswered: 5 })
    const { error } = await score(Array.from({ length: 30 }, () => data[0] as object))
    expect(error).toMatchObject({ code: 'encoder_failed', message: expect.stringContaining('20 times') })
    // A version that decides nothing has no cascade, and none is made for it.
    state.mood = 'well'
    const { fits } = state
    const fitted = await serving.call('POST', '/v1/route-sets/default/fit', { routes, state: 'candidate' })
    const other = await serving.call('POST', '/v1/eval', { data, version: fitted.json.version })
    expect(other.json).toMatchObject({ asked: 0, version: fitted.json.version })
    await serving.app.idle()
    expect(state.fits).toBe(fits)
  })

  it('asks on the older paths too', async () => {
    const { serving, put } = await serveCascade()
    await put()
    const query = 'refund please'
    const { json } = await serving.call('POST', '/v1/route', { text: query })
    const older = await serving.call('POST', '/route', { query })
    expect(older.json.scores.confidence).toBe(json.confidence)
    const batch = await serving.call('POST', '/route/batch', { queries: [{ query }] })
    expect(batch.json.results[0].scores.confidence).toBe(json.confidence)
    expect(await asked(serving)).toMatchObject({ answered: 3 })
  })

  it('takes vectors of either encoder, and says what sizes there are', async () => {
    const { serving, put } = await serveCascade()
    await put()
    const embedding = Array.from(vectorOf('a refund'))
    const { json } = await serving.call('POST', '/v1/route', { embedding })
    expect(json.candidates[0].route).toBe('billing')
    const wrong = await serving.call('POST', '/v1/route', { embedding: [1, 2] })
    expect(wrong.json.error.code).toBe('dimension_mismatch')
    expect(wrong.json.error.message).toContain('256, those of the slower one 32')
  })

  it('follows an edit: alone at first, then with a cascade that knows it', async () => {
    const { serving, state, put } = await serveCascade()
    await put()
    await serving.call('POST', '/v1/routes', { name: 'music', examples: ['play a song', 'louder'] })
    const alone = await serving.call('POST', '/v1/route', { text: 'play a song' })
    expect(alone.json).toMatchObject({ route: 'music' })
    expect(alone.json.encoder).toBeUndefined()
    await serving.app.idle()
    const joint = await serving.call('POST', '/v1/route', { text: 'play a song' })
    expect(joint.json).toMatchObject({ asked: 'answered' })
    expect(joint.json.candidates.map(({ route }: { route: string }) => route)).toContain('music')
    expect(state.fits).toBe(2)
  })

  it('leaves a set that promises an error rate to the built-in encoder, which alone can keep it', async () => {
    const { serving, state } = await serveCascade()
    const data = Array.from({ length: 600 }, (_, i) =>
      i % 2 === 0
        ? { text: `where is my refund number ${i}`, route: 'billing' }
        : { text: `the app crashes with code ${i}`, route: 'technical' },
    )
    const fitted = await serving.call('POST', '/v1/route-sets/default/fit', {
      routes,
      data,
      maxErrorRate: 0.05,
      state: 'active',
    })
    expect(fitted.status).toBe(201)
    await serving.app.idle()
    expect(serving.app.router().report.thresholds.guarantee).toBeDefined()
    for (const _ of [1, 2]) {
      const { json } = await serving.call('POST', '/v1/route', { text: 'something else entirely' })
      expect(json).toMatchObject({ snapshot: serving.app.router().snapshot })
      expect([json.encoder, json.asked]).toEqual([undefined, undefined])
      await serving.app.idle()
    }
    expect(state.fits).toBe(0)
    expect(await asked(serving)).toEqual({})
    const refused = await serving.call('POST', '/v1/route', { embedding: Array.from(vectorOf('a refund')) })
    expect(refused.json.error.code).toBe('dimension_mismatch')
    expect(refused.json.error.message).toContain('promises an error rate')
  })

  it('tries again to fit a cascade that could not be fitted, after waits that grow to ten minutes', async () => {
    const { serving, state, put, lines, advance } = await serveCascade()
    state.fitFails = true
    await put()
    const ask = async () => {
      const { json } = await serving.call('POST', '/v1/route', { text: 'where is my refund' })
      await serving.app.idle()
      return json
    }
    const waits: (number | undefined)[] = []
    for (const seconds of [10, 20, 40, 80, 160, 320, 600, 600]) {
      const { fits } = state
      expect(await ask()).toMatchObject({ route: 'billing' })
      expect(state.fits).toBe(fits)
      waits.push(lines.findLast(({ msg }) => msg.includes('could not be fitted'))?.retryInSeconds)
      expect(waits.at(-1)).toBe(seconds)
      advance(seconds * 1000 - 1)
      await ask()
      expect(state.fits).toBe(fits)
      advance(1)
      await ask()
      expect(state.fits).toBe(fits + 1)
    }
    state.fitFails = false
    advance(600_000)
    await ask()
    expect(await ask()).toMatchObject({ asked: 'answered' })
    expect((await serving.call('GET', '/metrics')).text).toMatch(
      /stratarouter_cascade_fits_total\{outcome="failed"\} 9\n/,
    )
  })

  it('fits once for all processes that share a directory; the others load that', async () => {
    const folder = makeFolder()
    const first = await serveCascade({ folder })
    const second = await serveCascade({ folder })
    await first.serving.call('PUT', '/v1/route-sets/default', { routes })
    await first.serving.app.idle()
    let letGo = (): void => {}
    first.state.hold = new Promise((resolve) => {
      letGo = resolve
    })
    let sayBegun = (): void => {}
    const begun = new Promise<void>((resolve) => {
      sayBegun = resolve
    })
    first.state.begun = sayBegun
    const ask = ({ serving }: typeof first) =>
      serving.call('POST', '/v1/route', { text: 'where is my refund' })
    await ask(first)
    await begun
    await second.serving.call('PUT', '/v1/route-sets/default', { routes })
    await ask(second)
    letGo()
    await Promise.all([first.serving.app.idle(), second.serving.app.idle()])
    expect((await ask(second)).json).toMatchObject({ asked: 'answered' })
    expect([first.state.fits, second.state.fits]).toEqual([1, 0])
    await second.serving.stop()
    running.splice(running.indexOf(second.serving), 1)
  })

  it('fits a cascade again whose file was damaged', async () => {
    const folder = makeFolder()
    const first = await serveCascade({ folder })
    await first.put()
    await first.serving.stop()
    running.pop()
    const cascades = join(first.serving.app.config.dataDir, 'cascades')
    for (const name of readdirSync(cascades)) writeFileSync(join(cascades, name), 'no cascade')
    const again = await serveCascade({ folder })
    await again.serving.app.idle()
    const { json } = await again.serving.call('POST', '/v1/route', { text: 'where is my refund' })
    expect(json).toMatchObject({ asked: 'answered' })
    expect(again.state.fits).toBe(1)
  })

  it('finds its cascades again after a restart without asking the encoder for the examples', async () => {
    const folder = makeFolder()
    const first = await serveCascade({ folder })
    await first.put()
    await first.serving.stop()
    running.pop()
    const again = await serveCascade({ folder })
    await again.serving.app.idle()
    const { json } = await again.serving.call('POST', '/v1/route', { text: 'where is my refund' })
    expect(json).toMatchObject({ asked: 'answered' })
    expect(again.state.fits).toBe(0)
  })

  it('refuses to start with an encoder that is not configured to the end, or whose package is missing', async () => {
    const folder = makeFolder()
    await expect(serve({ folder, flags: { 'encoder.kind': 'openai' } })).rejects.toThrow(/encoder\.model/)
    await expect(serve({ folder, flags: { 'encoder.kind': 'onnx' } })).rejects.toThrow(/encoder\.modelFile/)
    const file = join(folder, 'model.onnx')
    writeFileSync(file, 'no model')
    await expect(
      serve({
        folder,
        flags: { 'encoder.kind': 'onnx', 'encoder.modelFile': file, 'encoder.vocabularyFile': file },
      }),
    ).rejects.toThrow(/npm install onnxruntime-node/)
  })
})
