import { describe, expect, it } from 'vitest'
import { Overload, turnClock } from './overload.ts'

const limits = { inFlight: 10, eventLoopDelayMs: 250 }

function overloadWith(load: { inFlight: number; delayMs: number }) {
  const causes: string[] = []
  const overload = new Overload(
    { inFlight: () => load.inFlight, delayMs: () => load.delayMs },
    limits,
    (cause) => void causes.push(cause),
  )
  return { overload, causes }
}

describe('Overload', () => {
  it('serves up to its limits', () => {
    const { overload, causes } = overloadWith({ inFlight: 10, delayMs: 250 })
    expect(overload.refusal()).toBeUndefined()
    expect(causes).toEqual([])
  })

  it('refuses while more requests are under way than allowed, and says which limit it was', () => {
    const load = { inFlight: 11, delayMs: 0 }
    const { overload, causes } = overloadWith(load)
    const refusal = overload.refusal()
    expect(refusal).toMatchObject({ code: 'overloaded', status: 503, retryable: true })
    expect(refusal?.message).toContain('limits.inFlight')
    load.inFlight = 10
    expect(overload.refusal()).toBeUndefined()
    expect(causes).toEqual(['inFlight'])
  })

  it('refuses what has waited longer than allowed', () => {
    const { overload, causes } = overloadWith({ inFlight: 1, delayMs: 251 })
    expect(overload.refusal()?.message).toContain('limits.eventLoopDelayMs')
    expect(causes).toEqual(['eventLoopDelayMs'])
  })

  it('lets calls of models wait longer, and not without end', () => {
    const load = { inFlight: 1, delayMs: 2000 }
    const { overload } = overloadWith(load)
    expect(overload.refusal(true)).toBeUndefined()
    load.delayMs = 2001
    expect(overload.refusal(true)?.message).toContain('limits.eventLoopDelayMs')
  })
})

describe('turnClock', () => {
  function clockAt(startMs: number) {
    const state = { nowMs: startMs }
    const ends: (() => void)[] = []
    const delayMs = turnClock(
      () => state.nowMs,
      (end) => void ends.push(end),
    )
    /** A turn with requests at its beginning and its end; what the clock says at the end. */
    const turn = (lengthMs: number) => {
      expect(delayMs()).toBe(0)
      state.nowMs += lengthMs
      const told = delayMs()
      expect(ends).toHaveLength(1)
      ends.pop()?.()
      return told
    }
    const pause = (ms: number) => {
      state.nowMs += ms
    }
    return { turn, pause }
  }

  it('tells the shorter of two turns that follow one another', () => {
    const { turn } = clockAt(1000)
    expect(turn(400)).toBe(0)
    expect(turn(300)).toBe(300)
    expect(turn(500)).toBe(300)
    expect(turn(1)).toBe(1)
    expect(turn(500)).toBe(1)
  })

  it('takes a long turn after quiet for a stall', () => {
    const { turn, pause } = clockAt(0)
    turn(400)
    pause(399)
    expect(turn(300)).toBe(300)
    pause(301)
    expect(turn(900)).toBe(0)
  })
})
