import { describe, expect, it } from 'vitest'
import { RestartDelays } from './restart-delays.ts'

describe('the delays before restarts', () => {
  it('are none at first, then grow to half a minute and no further', () => {
    const delays = new RestartDelays()
    const given = Array.from({ length: 12 }, () => delays.next(0))
    expect(given.slice(0, 5)).toEqual([0, 100, 200, 400, 800])
    expect(given.slice(-2)).toEqual([30_000, 30_000])
  })

  it('begin anew after a worker that served for a minute', () => {
    const delays = new RestartDelays()
    for (let count = 0; count < 5; count++) delays.next(1000)
    expect(delays.next(60_000)).toBe(0)
    expect(delays.next(59_999)).toBe(100)
  })
})
