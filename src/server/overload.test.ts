import { describe, expect, it } from 'vitest'
import { Overload, turnClock } from './overload.ts'

const limits = { inFlight: 10, eventLoopDelayMs: 250 }

function overloadWith(load: { inFlight: number; turnMs: number }) {
  const causes: string[] = []
  const overload = new Overload(
    { inFlight: () => load.inFlight, turnMs: () => load.turnMs },
    limits,
    (cause) => void causes.push(cause),
  )
  return { overload, causes }
}

describe('Overload', () => {
  it('serves up to its limits', () => {
    const { overload, causes } = overloadWith({ inFlight: 10, turnMs: 250 })
    expect(overload.refusal()).toBeUndefined()
    expect(causes).toEqual([])
  })

  it('refuses while more requests are under way than allowed, and says which limit it was', () => {
    const load = { inFlight: 11, turnMs: 0 }
    const { overload, causes } = overloadWith(load)
    const refusal = overload.refusal()
    expect(refusal).toMatchObject({ code: 'overloaded', status: 503, retryable: true })
    expect(refusal?.message).toContain('limits.inFlight')
    load.inFlight = 10
    expect(overload.refusal()).toBeUndefined()
    expect(causes).toEqual(['inFlight'])
  })

  it('refuses what has waited longer than allowed', () => {
    const { overload, causes } = overloadWith({ inFlight: 1, turnMs: 251 })
    expect(overload.refusal()?.message).toContain('limits.eventLoopDelayMs')
    expect(causes).toEqual(['eventLoopDelayMs'])
  })
})

describe('turnClock', () => {
  it('counts from the first time it is asked in a turn, and anew in the next one', () => {
    let nowMs = 1000
    const ends: (() => void)[] = []
    const turnMs = turnClock(
      () => nowMs,
      (end) => void ends.push(end),
    )
    expect(turnMs()).toBe(0)
    nowMs += 40
    expect(turnMs()).toBe(40)
    nowMs += 60
    expect(turnMs()).toBe(100)
    expect(ends).toHaveLength(1)
    ends.pop()?.()
    nowMs += 500
    expect(turnMs()).toBe(0)
    expect(ends).toHaveLength(1)
  })
})
