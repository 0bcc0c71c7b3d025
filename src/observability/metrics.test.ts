import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Decision } from '../contracts/index.ts'
import { Histogram } from './histogram.ts'
import { Metrics } from './metrics.ts'

const decision = (route: string | null, confidence = 0.9): Decision => ({
  route,
  confidence,
  threshold: 0.5,
  outOfScope: 0.1,
  reason: route === null ? 'below-threshold' : 'match',
  candidates: [],
  metadata: {},
  snapshot: 'x',
  latencyUs: 1,
})

describe('Histogram', () => {
  it('puts each value into the cumulative buckets whose bound is at least as large', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 20, noNaN: true })), (values) => {
        const histogram = new Histogram([1, 2.5, 10])
        for (const value of values) histogram.observe(value)
        const text = histogram.render('h', 'a="b"')
        for (const bound of [1, 2.5, 10]) {
          expect(text).toContain(
            `h_bucket{a="b",le="${bound}"} ${values.filter((value) => value <= bound).length}\n`,
          )
        }
        expect(text).toContain(`le="+Inf"} ${values.length}\n`)
        expect(text).toContain(`h_count{a="b"} ${values.length}\n`)
      }),
    )
  })
})

describe('Metrics', () => {
  it('counts requests by operation and status', async () => {
    const metrics = new Metrics()
    metrics.operation('route').done(200, 0.001, 0.0005)
    metrics.operation('route').done(200, 0.001, 0.0005)
    metrics.operation('route').done(413, 0.001, 0.0005)
    metrics.inFlight = 3
    const text = await metrics.render()
    expect(text).toContain('stratarouter_requests_total{operation="route",status="200"} 2\n')
    expect(text).toContain('stratarouter_requests_total{operation="route",status="413"} 1\n')
    expect(text).toContain('stratarouter_overhead_seconds_count{operation="route"} 3\n')
    expect(text).toContain('stratarouter_in_flight 3\n')
    expect(text).toMatch(/nodejs_eventloop_lag_seconds \d/)
    expect(text).toMatch(/process_resident_memory_bytes \d/)
  })

  it('counts decisions by route and reason, and bounds the names of routes', async () => {
    const metrics = new Metrics()
    metrics.recordDecision(decision('billing'))
    metrics.recordDecision(decision('billing'))
    metrics.recordDecision(decision(null))
    for (let count = 0; count < 2000; count++) metrics.recordDecision(decision(`r${count}`))
    const text = await metrics.render()
    expect(text).toContain('stratarouter_decisions_total{route="billing",reason="match"} 2\n')
    expect(text).toContain('stratarouter_decisions_total{route="_none",reason="below-threshold"} 1\n')
    expect(text.match(/stratarouter_decisions_total\{/g)).toHaveLength(1001)
    expect(text).toContain('stratarouter_decisions_total{route="_other",reason="match"} 1002\n')
  })

  it('writes each metric as Prometheus reads it', async () => {
    const metrics = new Metrics()
    metrics.operation('a"b\\c\nd').done(200, 1, 1)
    metrics.recordDecision(decision('billing'))
    for (const line of (await metrics.render()).split('\n')) {
      expect(line).toMatch(/^(#.*|[a-z_0-9]+(\{([a-z_]+="(\\.|[^"\\])*",?)*\})? [-+.\deInfNa]+|)$/)
    }
  })
})
