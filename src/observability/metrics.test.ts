import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Decision } from '../contracts/index.ts'
import { Histogram } from './histogram.ts'
import { mergeFamilies, renderFamilies, withoutGauges } from './metric-family.ts'
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
        const text = renderFamilies([
          {
            name: 'h',
            type: 'histogram',
            help: 'Values.',
            merge: 'sum',
            bounds: histogram.bounds,
            series: new Map([['a="b"', histogram.value()]]),
          },
        ])
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

  it('says nothing of operations that were never asked for', async () => {
    const metrics = new Metrics()
    metrics.operation('route').done(200, 0.001, 0.0005)
    metrics.operation('fit')
    const text = await metrics.render()
    expect(text).toContain('operation="route"')
    expect(text).not.toContain('operation="fit"')
    metrics.operation('fit').done(201, 2, 2)
    expect(await metrics.render()).toContain(
      'stratarouter_request_duration_seconds_bucket{operation="fit",le="2.5"} 1\n',
    )
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

describe('the figures of several processes', () => {
  const request = fc.record({
    worker: fc.integer({ min: 0, max: 2 }),
    operation: fc.constantFrom('route', 'health', 'x"y'),
    status: fc.constantFrom(200, 404),
    // Sums of these are exact, whatever their order.
    seconds: fc.integer({ min: 0, max: 1000 }).map((count) => count / 64),
    route: fc.constantFrom('billing', 'support', null),
  })

  it('add up to those of one process that had answered everything', () => {
    fc.assert(
      fc.property(fc.array(request), (requests) => {
        const workers = [new Metrics(), new Metrics(), new Metrics()]
        const single = new Metrics()
        for (const { worker, operation, status, seconds, route } of requests) {
          for (const metrics of [workers[worker] as Metrics, single]) {
            metrics.operation(operation).done(status, seconds, seconds)
            metrics.recordDecision(decision(route, 0.5))
            metrics.inFlight++
          }
        }
        const merged = mergeFamilies(
          workers.map((metrics, index) => ({ worker: String(index), families: metrics.families() })),
        )
        const lines = (text: string) => text.split('\n').sort()
        expect(lines(renderFamilies(merged))).toEqual(lines(renderFamilies(single.families())))
      }),
      { numRuns: 50 },
    )
  })

  it('tell apart what describes a process, and keep what was counted by one that has ended', async () => {
    const metrics = new Metrics()
    metrics.operation('route').done(200, 1, 1)
    metrics.inFlight = 2
    const families = await metrics.all()
    const text = renderFamilies(
      mergeFamilies([
        { worker: '1', families },
        { worker: '2', families },
        { worker: '', families: withoutGauges(mergeFamilies([{ worker: '2', families }])) },
      ]),
    )
    expect(text).toContain('stratarouter_requests_total{operation="route",status="200"} 3\n')
    expect(text).toContain('stratarouter_in_flight 4\n')
    expect(text).toMatch(/process_resident_memory_bytes\{worker="1"\} \d/)
    const cpu = (worker: string) =>
      Number(new RegExp(`process_cpu_seconds_total\\{worker="${worker}"\\} (.*)`).exec(text)?.[1])
    expect(cpu('2')).toBeCloseTo(2 * cpu('1'))
    expect(text.match(/# TYPE process_resident_memory_bytes gauge/g)).toHaveLength(1)
  })

  it('take the largest where that is what a gauge means', () => {
    const gauge = (value: number) => ({
      worker: '1',
      families: [
        { name: 'g', type: 'gauge', help: 'G.', merge: 'max', series: new Map([['', value]]) } as const,
      ],
    })
    expect(renderFamilies(mergeFamilies([gauge(3), gauge(7), gauge(5)]))).toContain('\ng 7\n')
  })
})
