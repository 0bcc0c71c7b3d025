import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readLabelledFile, readMessageFile } from '../../src/config/labelled-file.ts'
import { recordedDecisionSchema, recordedDecisionsSchema } from '../../src/server/wire/decision-record.ts'
import { feedbackListSchema, feedbackSchema } from '../../src/server/wire/feedback.ts'
import { expectError } from './expect-error.ts'
import { billing, type Serving, serve, support } from './serving.ts'
import { servingsOfEachTest } from './serving-lifetimes.ts'

const { start, restart } = servingsOfEachTest()

const recording = (settings: Record<string, number | string | readonly string[]> = {}) => ({
  flags: {
    'decisions.record.sampleRate': 1,
    ...Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [`decisions.record.${name}`, value]),
    ),
  },
})

const startRecording = async (settings: Record<string, number | string | readonly string[]> = {}) => {
  const serving = await start(recording(settings))
  await serving.call('PUT', '/v1/route-sets/default', { routes: [billing, support] })
  return serving
}

/** The rows of an export. */
const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

describe('recorded decisions', () => {
  it('are read by the id that was answered, and after a restart', async () => {
    let serving = await startRecording({ text: 'full' })
    const { json: decision } = await serving.call('POST', '/v1/route', { text: 'I was charged twice' })
    const { json: record } = await serving.call('GET', `/v1/decisions/${decision.id}`)
    expect(recordedDecisionSchema.parse(record)).toEqual(record)
    const { metadata, ...answered } = decision
    expect(record).toMatchObject({
      ...answered,
      routeSet: 'default',
      version: 1,
      text: 'I was charged twice',
    })
    const { json: later } = await serving.call('POST', '/v1/route', { text: 'nothing loads' })
    serving = await restart(serving)
    expect((await serving.call('GET', `/v1/decisions/${later.id}`)).json.text).toBe('nothing loads')
  })

  it('are recorded for each text of a batch, and for vectors without a text', async () => {
    const serving = await startRecording({ text: 'full' })
    const { json } = await serving.call('POST', '/v1/route/batch', { texts: ['a refund', 'nothing loads'] })
    for (const [index, text] of ['a refund', 'nothing loads'].entries()) {
      expect((await serving.call('GET', `/v1/decisions/${json.decisions[index].id}`)).json.text).toBe(text)
    }
    const embedding = [...serving.app.encoder.encode('a refund')]
    const { id } = (await serving.call('POST', '/v1/route', { embedding })).json
    const { json: record } = await serving.call('GET', `/v1/decisions/${id}`)
    expect(record).toMatchObject({ text: null, textHash: null })
  })

  it('hold no text unless that is asked for, but a hash that only here is the same for the same text', async () => {
    const hashes = []
    for (const settings of [{}, {}, { text: 'none' }]) {
      const serving = await startRecording(settings)
      const ofTexts = []
      for (const text of ['call 020 7946 0958', 'call 020 7946 0000', 'another']) {
        const { id } = (await serving.call('POST', '/v1/route', { text })).json
        const { json: record } = await serving.call('GET', `/v1/decisions/${id}`)
        expect(record.text).toBeNull()
        ofTexts.push(record.textHash)
      }
      hashes.push(ofTexts)
    }
    const [first = [], second = [], none] = hashes
    expect(first[0]).toMatch(/^[0-9a-f]{64}$/)
    // Redaction comes before the hash.
    expect(first[1]).toBe(first[0])
    expect(first[2]).not.toBe(first[0])
    expect(second[0]).not.toBe(first[0])
    expect(none).toEqual([null, null, null])
  })

  it('are redacted before they are kept', async () => {
    const serving = await startRecording({ text: 'full', redact: ['email', '/ORD-\\d+/i'] })
    const { id } = (await serving.call('POST', '/v1/route', { text: 'ord-77 of bob@example.com' })).json
    expect((await serving.call('GET', `/v1/decisions/${id}`)).json.text).toBe('[redacted] of [email]')
  })

  it('that are missing are refused with the reason', async () => {
    const off = await start()
    const { id } = (await off.call('POST', '/v1/route', { text: 'x' })).json
    const missing = await off.call('GET', `/v1/decisions/${id}`)
    expectError(missing, 404, 'decision_not_found')
    expect(missing.json.error.message).toMatch(/recording is off/)
    expect((await off.call('GET', '/v1/decisions')).json).toEqual({ decisions: [] })

    const few = await start(recording({ sampleRate: 0.000001 }))
    const unsampled = (await few.call('POST', '/v1/route', { text: 'x' })).json.id
    expect((await few.call('GET', `/v1/decisions/${unsampled}`)).json.error.message).toMatch(/not sampled/)

    const all = await startRecording()
    const never = await all.call('GET', '/v1/decisions/dec_never')
    expect(never.json.error.message).toMatch(/not made here/)
  })
})

describe('the list of recorded decisions', () => {
  let serving: Serving
  const ids: string[] = []
  beforeAll(async () => {
    let nowMs = Date.parse('2026-11-24T09:00:00Z')
    serving = await serve({
      ...recording({ text: 'full' }),
      clock: { now: () => nowMs, monotonicMs: () => performance.now() },
    })
    await serving.call('PUT', '/v1/route-sets/default', { routes: [billing, support] })
    await serving.call('PUT', '/v1/route-sets/other', { routes: [billing] })
    for (const body of [
      { text: 'I was charged twice' },
      { text: 'nothing loads' },
      { text: 'I want a refund', routeSet: 'other' },
      { text: 'xqzt vlorp', threshold: 1 },
    ]) {
      ids.push((await serving.call('POST', '/v1/route', body)).json.id)
      nowMs += 60_000
    }
    const { embedding } = { embedding: [...serving.app.encoder.encode('a refund')] }
    ids.push((await serving.call('POST', '/v1/route', { embedding })).json.id)
  })
  afterAll(() => serving.end())
  const list = async (query: string) => {
    const { json } = await serving.call('GET', `/v1/decisions${query}`)
    expect(recordedDecisionsSchema.parse(json)).toEqual(json)
    return json.decisions.map(({ id }: { id: string }) => ids.indexOf(id))
  }

  it('is newest first and filtered by set, route, reason and time', async () => {
    expect(await list('')).toEqual([4, 3, 2, 1, 0])
    expect(await list('?routeSet=other')).toEqual([2])
    expect(await list('?route=support')).toEqual([1])
    expect(await list('?route=')).toEqual([3])
    expect(await list('?reason=match&routeSet=other')).toEqual([2])
    expect(await list('?since=2026-11-24T09:01:00Z&until=2026-11-24T09:03:00Z')).toEqual([2, 1])
  })

  it('comes in pages', async () => {
    const seen: number[] = []
    let query = '?limit=2'
    for (let pages = 0; pages < 4; pages++) {
      const { json } = await serving.call('GET', `/v1/decisions${query}`)
      seen.push(...json.decisions.map(({ id }: { id: string }) => ids.indexOf(id)))
      if (json.cursor === undefined) break
      query = `?limit=2&cursor=${encodeURIComponent(json.cursor)}`
    }
    expect(seen).toEqual([4, 3, 2, 1, 0])
  })

  it('is exported as data that diff and fit read, and says how many rows had no text', async () => {
    const answer = await serving.call('GET', '/v1/decisions?routeSet=default', undefined, {
      accept: 'application/x-ndjson',
    })
    expect(answer.headers.get('content-type')).toMatch(/^application\/x-ndjson/)
    expect(answer.headers.get('x-stratarouter-rows-without-text')).toBe('1')
    const rows = linesOf(answer.text)
    expect(rows.map(({ id }) => ids.indexOf(id))).toEqual([3, 1, 0])
    expect(rows[1]).toEqual({
      text: 'nothing loads',
      route: 'support',
      id: ids[1],
      confidence: expect.any(Number),
      at: '2026-11-24T09:01:00.000Z',
    })
    const file = join(serving.folder, 'recorded.jsonl')
    writeFileSync(file, answer.text)
    expect(readLabelledFile(file)).toHaveLength(3)
    expect(readMessageFile(file)[2]).toEqual({ text: 'I was charged twice', route: 'billing' })
    const limited = await serving.call('GET', '/v1/decisions?format=jsonl&limit=1&route=billing')
    expect(linesOf(limited.text)).toHaveLength(1)
  })

  it('refuses what it does not understand, each problem by name', async () => {
    const answer = await serving.call('GET', '/v1/decisions?routeset=x&limit=0&since=soon&reason=matches')
    expectError(answer, 400, 'invalid_request')
    expect(answer.json.error.details).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'routeset', nearest: 'routeSet' }),
        expect.objectContaining({ path: 'limit' }),
        expect.objectContaining({ path: 'since' }),
        expect.objectContaining({ path: 'reason', nearest: 'match' }),
      ]),
    )
    expectError(await serving.call('GET', '/v1/decisions?cursor=nonsense'), 400, 'invalid_request')
    expectError(await serving.call('GET', '/v1/decisions?limit=1&limit=x'), 400, 'invalid_request')
  })
})

describe('feedback', () => {
  it('is kept, listed, exported as labelled data, replaced by a newer word and deleted', async () => {
    const serving = await startRecording()
    const { call } = { call: serving.call.bind(serving) }
    const first = await call('POST', '/v1/feedback', { text: 'my parcel never came', route: null })
    expect(first.status).toBe(201)
    expect(feedbackSchema.parse(first.json)).toEqual(first.json)
    const again = await call('POST', '/v1/feedback', { text: 'my parcel never came', route: 'support' })
    expect([again.status, again.json.id]).toEqual([200, first.json.id])
    await call('POST', '/v1/feedback', { text: 'reach me at bob@example.com', route: 'billing' })
    const { json } = await call('GET', '/v1/feedback?routeSet=default')
    expect(feedbackListSchema.parse(json)).toEqual(json)
    expect(json.feedback.map(({ text, route }: Record<string, unknown>) => [text, route])).toEqual([
      ['reach me at [email]', 'billing'],
      ['my parcel never came', 'support'],
    ])
    const rows = linesOf((await call('GET', '/v1/feedback?format=jsonl')).text)
    expect(rows.map(({ text, route }) => ({ text, route }))).toEqual([
      { text: 'reach me at [email]', route: 'billing' },
      { text: 'my parcel never came', route: 'support' },
    ])
    expect(await serving.app.feedback.rows('default')).toEqual([
      { id: first.json.id, text: 'my parcel never came', route: 'support' },
      { id: expect.stringMatching(/^fb_/), text: 'reach me at [email]', route: 'billing' },
    ])
    expect((await call('DELETE', `/v1/feedback/${first.json.id}`)).status).toBe(204)
    expectError(await call('DELETE', `/v1/feedback/${first.json.id}`), 404, 'feedback_not_found')
    expect((await call('GET', '/v1/feedback')).json.feedback).toHaveLength(1)
  })

  it('takes text and set from the decision that it names, where they were recorded', async () => {
    const full = await startRecording({ text: 'full' })
    await full.call('PUT', '/v1/route-sets/other', { routes: [support] })
    const { id } = (await full.call('POST', '/v1/route', { text: 'it broke', routeSet: 'other' })).json
    const given = await full.call('POST', '/v1/feedback', { decisionId: id, route: 'support' })
    expect(given.json).toMatchObject({
      text: 'it broke',
      routeSet: 'other',
      decisionId: id,
      route: 'support',
    })
    const elsewhere = { decisionId: id, route: 'billing', routeSet: 'default' }
    expectError(await full.call('POST', '/v1/feedback', elsewhere), 400, 'invalid_request')

    const hashed = await startRecording()
    const bare = (await hashed.call('POST', '/v1/route', { text: 'it broke' })).json.id
    const refused = await hashed.call('POST', '/v1/feedback', { decisionId: bare, route: null })
    expectError(refused, 400, 'invalid_request')
    expect(refused.json.error.message).toMatch(/send the text along/)
    const unknown = { decisionId: 'dec_unknown', route: null }
    expectError(await hashed.call('POST', '/v1/feedback', unknown), 404, 'decision_not_found')
    expect((await hashed.call('POST', '/v1/feedback', { ...unknown, text: 'x' })).status).toBe(201)
  })

  it('must name a route of the set, and says which is nearest', async () => {
    const serving = await startRecording()
    const answer = await serving.call('POST', '/v1/feedback', { text: 'x', route: 'biling' })
    expectError(answer, 400, 'invalid_data')
    expect(answer.json.error.details).toEqual([
      expect.objectContaining({ path: 'route', got: 'biling', nearest: 'billing' }),
    ])
    const nowhere = { text: 'x', route: null, routeSet: 'nowhere' }
    expectError(await serving.call('POST', '/v1/feedback', nowhere), 404, 'route_set_not_found')
    expectError(await serving.call('POST', '/v1/feedback', { route: null }), 400, 'invalid_request')
    expectError(await serving.call('POST', '/v1/feedback', { text: 'x' }), 400, 'invalid_request')
  })

  it('counts in the next fit of the set', async () => {
    const serving = await startRecording()
    await serving.call('POST', '/v1/feedback', { text: 'my parcel never came', route: null })
    await serving.call('POST', '/v1/feedback', { text: 'give my money back', route: 'billing' })
    const { json } = await serving.call('POST', '/v1/route-sets/default/fit', {})
    expect(json).toMatchObject({ rows: 2, feedbackRows: 2 })
  })

  it('is bounded for each set', async () => {
    const serving = await start({ flags: { 'decisions.feedbackPerSet': 3 } })
    for (let count = 0; count < 5; count++) {
      await serving.call('POST', '/v1/feedback', { text: `t${count}`, route: null })
    }
    expect(await serving.app.feedback.rows('default')).toHaveLength(3)
  })
})

describe('whatever is sent', () => {
  it('is answered or refused by the table', async () => {
    const serving = await startRecording({ text: 'full', redact: ['number'] })
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '1', '-1', '1e9', 'null', '2026-11-24'),
      fc.double(),
    )
    const parameter = fc.constantFrom(
      'routeSet',
      'route',
      'reason',
      'since',
      'until',
      'limit',
      'cursor',
      'format',
      'x',
    )
    const feedback = fc.record(
      {
        text: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
        route: fc.oneof(fc.constantFrom('billing', null), fc.anything()),
        decisionId: fc.oneof(fc.constantFrom('dec_x'), fc.anything()),
        routeSet: fc.oneof(fc.constantFrom('default'), fc.anything()),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(parameter, value)), feedback, async (query, body) => {
        const pairs = query.map(
          ([name, text]) => `${name}=${encodeURIComponent(String(text).toWellFormed())}`,
        )
        for (const path of ['decisions', 'feedback']) {
          expect((await serving.call('GET', `/v1/${path}?${pairs.join('&')}`)).status).toBeLessThan(500)
        }
        const sent = JSON.stringify(body, (_, any) => (typeof any === 'bigint' ? String(any) : any))
        expect((await serving.call('POST', '/v1/feedback', sent)).status).toBeLessThan(500)
      }),
      { numRuns: 200 },
    )
  })
})
