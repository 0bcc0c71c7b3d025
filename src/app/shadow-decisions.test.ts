import { pino } from 'pino'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Decision } from '../contracts/index.ts'
import { Router } from '../core/index.ts'
import { builtinEncoder, loadBuiltinEncoder } from '../encoders/builtin/index.ts'
import type { LiveRouteSet, LiveRouteSets } from './live-route-sets.ts'
import { ShadowDecisions } from './shadow-decisions.ts'

await loadBuiltinEncoder()
const routes = [
  { name: 'billing', examples: ['I was charged twice', 'where is my invoice?'] },
  { name: 'support', examples: ['the page shows an error', 'nothing loads'] },
]
const router = Router.compile({ routes }, builtinEncoder())

describe('ShadowDecisions', () => {
  let live: LiveRouteSet | undefined
  let turns: (() => void)[]
  const sets = { find: () => live } as unknown as LiveRouteSets

  const shadows = (recordedText?: (text: string) => string) =>
    new ShadowDecisions(
      {
        logger: pino({ level: 'silent' }),
        later: (run) => void turns.push(run),
        ...(recordedText ? { recordedText } : {}),
      },
      sets,
    )
  const finish = () => {
    while (turns.length > 0) turns.shift()?.()
  }
  const decided = (route: string | null) => ({ route, snapshot: 'active' }) as Decision
  const outcomes = (made: ShadowDecisions) =>
    Object.fromEntries(
      [...(made.outcomes.families()[0]?.series ?? [])].map(([labels, count]) => [
        /outcome="(\w+)"/.exec(labels)?.[1],
        count,
      ]),
    )

  beforeEach(() => {
    turns = []
    live = { name: 'a', version: 1, shadow: { version: 2, share: 1, router } } as unknown as LiveRouteSet
  })

  it('decides when the answers have gone out, a few messages a turn', () => {
    const made = shadows()
    for (let count = 0; count < 20; count++) made.observe('a', 'I was charged twice', {}, decided('billing'))
    expect(made.agreement('a')).toEqual({ agree: 0, differ: 0, differences: [] })
    turns.shift()?.()
    expect(made.agreement('a')?.agree).toBe(8)
    finish()
    expect(outcomes(made)).toEqual({ agree: 20 })
  })

  it('drops what comes on top of 256 waiting messages, and says how many', () => {
    const made = shadows()
    for (let count = 0; count < 300; count++) made.observe('a', 'nothing loads', {}, decided('billing'))
    finish()
    expect(outcomes(made)).toEqual({ dropped: 44, differ: 256 })
  })

  it('keeps the newest hundred differences, as texts may be kept, and none otherwise', () => {
    const quiet = shadows()
    quiet.observe('a', 'nothing loads', { threshold: 0 }, decided('billing'))
    finish()
    expect(quiet.agreement('a')).toEqual({ agree: 0, differ: 1, differences: [] })
    const made = shadows((text) => text.replace('loads', '[word]'))
    for (let count = 0; count < 120; count++) {
      made.observe('a', `nothing loads ${count}`, { threshold: 0 }, decided('billing'))
    }
    finish()
    const differences = made.agreement('a')?.differences
    expect(differences).toHaveLength(100)
    expect(differences?.[0]).toEqual({ text: 'nothing [word] 119', active: 'billing', shadow: 'support' })
  })

  it('counts a request that names a route the shadow does not have as a difference', () => {
    const made = shadows()
    made.observe('a', 'nothing loads', { include: ['sales'] }, decided('sales'))
    finish()
    expect(outcomes(made)).toEqual({ differ: 1 })
  })

  it('begins anew with another shadow, and forgets messages that waited for the one before', () => {
    const made = shadows()
    made.observe('a', 'I was charged twice', {}, decided('billing'))
    live = {
      ...(live as LiveRouteSet),
      shadow: { version: 3, share: 1, content: { routeSet: router.routeSet }, router },
    }
    finish()
    expect(made.agreement('a')).toEqual({ agree: 0, differ: 0, differences: [] })
    live = { ...(live as LiveRouteSet), shadow: undefined }
    made.observe('a', 'I was charged twice', {}, decided('billing'))
    expect(turns).toEqual([])
    expect(made.agreement('a')).toBeNull()
  })

  it('leaves out what the canary decided', () => {
    live = {
      ...(live as LiveRouteSet),
      canary: { version: 3, share: 1, content: { routeSet: router.routeSet }, router },
    }
    const made = shadows()
    made.observe('a', 'I was charged twice', {}, router.route('I was charged twice'))
    expect(turns).toEqual([])
  })
})
