import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { Decision, DriftReference } from '../contracts/index.ts'
import { renderFamilies } from '../observability/index.ts'
import { seededRandom } from '../util/random.ts'
import { DriftWatch } from './drift-watch.ts'

function watch() {
  const references = new Map<string, DriftReference>()
  const lines: { level: string; message: string }[] = []
  const live = { snapshot: 's1', isThere: true }
  const logger = pino(
    { base: null, messageKey: 'message', formatters: { level: (level) => ({ level }) } },
    { write: (line) => void lines.push(JSON.parse(line)) },
  )
  const open = () =>
    new DriftWatch({
      references: {
        get: async (set, snapshot) => references.get(`${set} ${snapshot}`) ?? null,
        put: async (set, snapshot, reference) => void references.set(`${set} ${snapshot}`, reference),
      },
      clock: { now: () => 0 },
      logger,
      has: () => live.isThere,
      snapshotOf() {
        if (live.isThere) return live.snapshot
        throw new Error('there is no such set')
      },
    })
  return { open, live, lines, references }
}

const random = seededRandom(5)
const usual = () => 0.3 + 0.7 * random()
const strange = () => 0.1 * random()

function decide(
  watched: DriftWatch,
  count: number,
  draw: () => number,
  changed: Partial<Decision> = {},
  set = 'default',
) {
  for (let made = 0; made < count; made++) {
    const confidence = draw()
    watched.observe(set, {
      route: 'r',
      confidence,
      outOfScope: 1 - confidence,
      threshold: 0.5,
      reason: 'match',
      candidates: [],
      metadata: {},
      snapshot: 's1',
      latencyUs: 1,
      ...changed,
    })
  }
}

describe('DriftWatch', () => {
  it('warns in metrics and once in the log, and takes it back', () => {
    const { open, lines } = watch()
    const watched = open()
    decide(watched, 3000, usual)
    expect(renderFamilies(watched.families())).toContain(
      'stratarouter_drift_warning{route_set="default"} 0\n',
    )
    decide(watched, 3000, strange)
    const text = renderFamilies(watched.families())
    expect(text).toContain('stratarouter_drift_warning{route_set="default"} 1\n')
    expect(text).toMatch(/stratarouter_drift\{route_set="default"\} [1-9]/)
    decide(watched, 4000, usual)
    expect(watched.status('default').state).toBe('steady')
    expect(lines.map(({ level }) => level)).toEqual(['info', 'warn', 'info'])
  })

  it('shows no drift while it learns, and knows nothing of a set without decisions', () => {
    const watched = watch().open()
    expect(watched.status('default')).toMatchObject({
      state: 'learning',
      referenceDecisions: 0,
      snapshot: 's1',
    })
    decide(watched, 10, usual)
    expect(renderFamilies(watched.families())).not.toContain('stratarouter_drift{')
  })

  it('leaves out what rules decided', () => {
    const watched = watch().open()
    decide(watched, 5000, strange, { reason: 'rule' })
    expect(watched.status('default').referenceDecisions).toBe(0)
  })

  it('goes on with what was learned before a restart', async () => {
    const { open } = watch()
    const first = open()
    decide(first, 1500, usual)
    await first.idle()
    const second = open()
    decide(second, 1, usual)
    await second.idle()
    expect(second.status('default')).toMatchObject({ state: 'steady', referenceDecisions: 1000 })
    decide(second, 1000, strange)
    expect(second.status('default').state).toBe('drifting')
  })

  it('learns anew for another snapshot, and tells a canary from what decides', () => {
    const { open, live } = watch()
    const watched = open()
    for (let count = 0; count < 3000; count++) {
      decide(watched, 1, usual)
      decide(watched, 1, strange, { snapshot: 'canary' })
    }
    expect(watched.status('default')).toMatchObject({ state: 'steady', snapshot: 's1' })
    live.snapshot = 's2'
    expect(watched.status('default').state).toBe('learning')
    decide(watched, 1500, strange, { snapshot: 's2' })
    expect(watched.status('default').state).toBe('steady')
  })

  it('keeps sets apart, and forgets those that are no more', () => {
    const watched = watch().open()
    decide(watched, 3000, usual)
    decide(watched, 1000, usual, {}, 'other')
    decide(watched, 1000, strange, {}, 'other')
    expect(watched.status('default').state).toBe('steady')
    expect(watched.status('other').state).toBe('drifting')
    watched.forget('other')
    expect(renderFamilies(watched.families())).not.toContain('other')
  })

  it('tells nothing of a set that is gone without a word, and lets go of it', () => {
    const { open, live } = watch()
    const watched = open()
    decide(watched, 10, usual)
    live.isThere = false
    expect(renderFamilies(watched.families())).not.toContain('default')
    live.isThere = true
    expect(renderFamilies(watched.families())).not.toContain('default')
  })

  it('passes over a decision that ends after its set was deleted', () => {
    const { open, live } = watch()
    const watched = open()
    decide(watched, 10, usual)
    live.isThere = false
    watched.forget('default')
    decide(watched, 1, usual)
    live.isThere = true
    expect(renderFamilies(watched.families())).not.toContain('default')
  })
})
