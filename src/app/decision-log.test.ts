import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { Decision, DecisionRecordStore, RecordedDecision } from '../contracts/index.ts'
import { QueueFigures, renderFamilies } from '../observability/index.ts'
import { createRedactor } from '../redaction/redactor.ts'
import { DecisionLog } from './decision-log.ts'
import { isSampled } from './is-sampled.ts'

const DAY_MS = 86_400_000

const decision: Decision = {
  route: 'billing',
  confidence: 0.9,
  outOfScope: 0.1,
  threshold: 0.5,
  reason: 'match',
  candidates: [],
  metadata: { secret: 'of the route' },
  snapshot: 'f00d',
  latencyUs: 1,
}

/** A store in memory that can be told to fail. */
class MemoryStore implements DecisionRecordStore {
  rows: RecordedDecision[] = []
  isFailing = false
  largestDelete = 0

  async add(records: readonly RecordedDecision[]) {
    if (this.isFailing) throw new Error('disk full')
    this.rows.push(...records)
  }
  async get(id: string) {
    return this.rows.find((row) => row.id === id) ?? null
  }
  async list() {
    return { decisions: this.rows, next: null }
  }
  async count() {
    return this.rows.length
  }
  async deleteBefore(at: number, most: number) {
    return this.#delete(this.rows.filter((row) => row.at < at).slice(0, most), most)
  }
  async deleteBeyond(kept: number, most: number) {
    return this.#delete(this.rows.slice(0, Math.max(0, this.rows.length - kept)).slice(0, most), most)
  }
  async salt() {
    return '00'.repeat(32)
  }
  #delete(gone: readonly RecordedDecision[], most: number) {
    this.largestDelete = Math.max(this.largestDelete, most)
    this.rows = this.rows.filter((row) => !gone.includes(row))
    return gone.length
  }
}

async function open(settings: Partial<{ queueBytes: number; maxRows: number; sampleRate: number }> = {}) {
  const store = new MemoryStore()
  const queues = new QueueFigures()
  const scheduled = new Map<number, () => void>()
  let nowMs = 1_000 * DAY_MS
  const log = await DecisionLog.open({
    store,
    settings: { sampleRate: 1, text: 'full', retentionDays: 30, maxRows: 100, queueBytes: 1e6, ...settings },
    redact: createRedactor([]),
    clock: { now: () => nowMs, monotonicMs: () => 0 },
    logger: pino({ level: 'silent' }),
    queues,
    schedule(callback, delayMs) {
      scheduled.set(delayMs, callback)
      return () => scheduled.delete(delayMs)
    },
  })
  let count = 0
  return {
    store,
    log,
    scheduled,
    note(text = 'x') {
      log.note({ id: `dec_${count++}`, routeSet: 'default', version: 1, text, decision })
    },
    pass(milliseconds: number) {
      nowMs += milliseconds
    },
    figures: () => renderFamilies(queues.families()),
  }
}

describe('DecisionLog', () => {
  it('writes what was noted a little later, in order, without what the route carries along', async () => {
    const { log, note, store, scheduled, figures } = await open()
    for (let count = 0; count < 120; count++) note(`text ${count}`)
    expect(store.rows).toEqual([])
    expect(figures()).toMatch(/stratarouter_queue_bytes\{queue="decisions"\} [1-9]/)
    scheduled.get(500)?.()
    await log.flush()
    expect(store.rows.map(({ text }) => text)).toEqual(
      Array.from({ length: 120 }, (_, index) => `text ${index}`),
    )
    expect(JSON.stringify(store.rows)).not.toContain('secret')
    expect(figures()).toContain('stratarouter_queue_bytes{queue="decisions"} 0\n')
  })

  it('drops and counts what finds no room, and takes more once there is room again', async () => {
    const { log, note, store, figures } = await open({ queueBytes: 10_000 })
    for (let count = 0; count < 100; count++) note('x'.repeat(500))
    await log.flush()
    expect(store.rows).toHaveLength(5)
    expect(figures()).toContain('stratarouter_dropped_total{queue="decisions"} 95\n')
    note()
    await log.flush()
    expect(store.rows).toHaveLength(6)
  })

  it('holds nothing of a decision that is not written, such as its explanation, while it waits', async () => {
    const { log } = await open()
    const held = (() => {
      const explanation = {
        ...{ summary: 's', nearest: [], words: [], rules: [], runnerUp: null },
        ...{ usedContext: false, corrections: [] },
        flip: { withoutWords: ['x'.repeat(100_000)] },
      }
      const intents = [{ route: 'billing', confidence: 0.9, text: 'x'.repeat(100_000) }]
      const made = { ...decision, explanation, intents }
      log.note({ id: 'dec_1', routeSet: 's', version: 1, text: 'x', decision: made })
      return [explanation, intents, made].map((value) => new WeakRef<object>(value))
    })()
    await new Promise((resolve) => setImmediate(resolve))
    setFlagsFromString('--expose-gc')
    runInNewContext('gc')()
    expect(held.map((reference) => reference.deref())).toEqual([undefined, undefined, undefined])
    await log.close()
  })

  it('keeps what could not be written and writes it when that works again', async () => {
    const { log, note, store, scheduled, figures } = await open()
    store.isFailing = true
    note()
    await log.flush()
    expect(figures()).not.toContain('queue="decisions"} 0\nstratarouter_queue')
    store.isFailing = false
    scheduled.get(500)?.()
    await log.flush()
    expect(store.rows).toHaveLength(1)
    expect(figures()).toContain('stratarouter_dropped_total{queue="decisions"} 0\n')
  })

  it('writes what waits when it is closed, and counts what cannot be', async () => {
    const good = await open()
    good.note()
    await good.log.close()
    expect(good.store.rows).toHaveLength(1)
    expect(good.scheduled.size).toBe(0)

    const bad = await open()
    bad.store.isFailing = true
    bad.note()
    await bad.log.close()
    bad.note()
    expect(bad.figures()).toContain('stratarouter_dropped_total{queue="decisions"} 2\n')
  })

  it('deletes what is too old and what is too much, so much at a time, every minute', async () => {
    const { log, note, pass, store, scheduled } = await open({ maxRows: 700 })
    for (let count = 0; count < 600; count++) note()
    await log.flush()
    pass(20 * DAY_MS)
    for (let count = 0; count < 1500; count++) note()
    await log.flush()
    scheduled.get(60_000)?.()
    await log.enforceRetention()
    expect(store.rows).toHaveLength(700)
    expect(store.largestDelete).toBeLessThanOrEqual(500)
    pass(29 * DAY_MS)
    await log.enforceRetention()
    expect(store.rows).toHaveLength(700)
    pass(2 * DAY_MS)
    scheduled.get(60_000)?.()
    await log.enforceRetention()
    expect(store.rows).toEqual([])
  })
})

describe('the sample', () => {
  const ids = Array.from(
    { length: 20_000 },
    (_, index) => `dec_0123456789abcdef${index.toString(36).padStart(6, '0')}`,
  )

  it('is the share asked for, also of ids that follow one another, and the same for everyone', () => {
    for (const rate of [0.01, 0.1, 0.5, 0.9]) {
      const share = ids.filter((id) => isSampled(id, rate)).length / ids.length
      expect(Math.abs(share - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / ids.length))
    }
    expect(ids.some((id) => isSampled(id, 0))).toBe(false)
    expect(ids.every((id) => isSampled(id, 1))).toBe(true)
  })

  it('is part of every larger one', () => {
    expect(ids.filter((id) => isSampled(id, 0.1)).every((id) => isSampled(id, 0.2))).toBe(true)
  })
})
