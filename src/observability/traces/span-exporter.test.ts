import { expect, it } from 'vitest'
import type { Transport, TransportAnswer, TransportRequest } from '../../contracts/index.ts'
import { SpanExporter } from './span-exporter.ts'

type Reply = number | Error | 'never' | { readonly status: number; readonly retryAfter: string }

/** A collector whose answers are told beforehand, and time that is moved by hand. */
function setUp(...replies: Reply[]) {
  const requests: TransportRequest[] = []
  const transport: Transport = {
    send(request) {
      requests.push(request)
      const reply = replies.shift() ?? 200
      if (reply instanceof Error) return Promise.reject(reply)
      if (reply === 'never') {
        return new Promise((_, reject) => {
          request.signal.addEventListener('abort', () => reject(request.signal.reason))
        })
      }
      const { status, retryAfter } = typeof reply === 'number' ? { status: reply, retryAfter: '' } : reply
      const answer: TransportAnswer = {
        status,
        headers: retryAfter === '' ? {} : { 'retry-after': retryAfter },
        body: (async function* () {})(),
        bytes: async () => new TextEncoder().encode('{}'),
        text: async () => '{}',
      }
      return Promise.resolve(answer)
    },
    close: async () => {},
  }
  let nowMs = 0
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>()
  const problems: string[] = []
  const dropped: number[] = []
  const exporter = new SpanExporter({
    url: 'http://collector/v1/traces',
    headers: { 'api-key': 'k' },
    frame: ['[', ']'],
    transport,
    timer(callback, delayMs) {
      const timer = { atMs: nowMs + delayMs, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    onFailure: (problem) => problems.push(problem),
    onDropped: (spans) => dropped.push(spans),
  })
  return {
    exporter,
    requests,
    problems,
    droppedSpans: () => dropped.reduce((sum, spans) => sum + spans, 0),
    sizes: () => requests.map(({ body }) => (JSON.parse(body as string) as unknown[]).length),
    async pass(milliseconds: number) {
      nowMs += milliseconds
      for (const timer of [...timers]) {
        if (timer.atMs > nowMs) continue
        timers.delete(timer)
        timer.callback()
      }
      // Lets promises that are settled by now be heard.
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

it('sends what came within a second together', async () => {
  const { exporter, requests, sizes, pass } = setUp()
  exporter.add('1')
  await pass(500)
  exporter.add('2')
  expect(requests).toEqual([])
  await pass(500)
  expect(sizes()).toEqual([2])
  expect(requests[0]).toMatchObject({
    url: 'http://collector/v1/traces',
    headers: { 'api-key': 'k', 'content-type': 'application/json' },
  })
  expect(exporter.bytes).toBe(0)
})

it('sends a full batch at once, and the next while it is not answered yet only after it', async () => {
  const { exporter, sizes, pass } = setUp()
  for (let span = 0; span < 1500; span++) exporter.add('1')
  await pass(0)
  expect(sizes()).toEqual([512, 512])
  await pass(1000)
  expect(sizes()).toEqual([512, 512, 476])
})

it('waits twice as long after each failure, says so once, and delivers all when the collector is back', async () => {
  const { exporter, sizes, problems, droppedSpans, pass } = setUp(new Error('refused'), 503, 200, 502)
  exporter.add('1')
  await pass(1000)
  await pass(999)
  expect(sizes()).toEqual([1])
  await pass(1)
  exporter.add('2')
  await pass(1999)
  expect(sizes()).toEqual([1, 1])
  await pass(1)
  expect(sizes()).toEqual([1, 1, 2])
  expect(problems).toEqual(['refused'])
  expect(droppedSpans()).toBe(0)
  exporter.add('3')
  await pass(1000)
  expect(problems).toEqual(['refused', 'the collector answered with status 502'])
})

it('comes again when the collector says', async () => {
  const { exporter, sizes, pass } = setUp({ status: 429, retryAfter: '7' })
  exporter.add('1')
  await pass(1000)
  await pass(6999)
  expect(sizes()).toEqual([1])
  await pass(1)
  expect(sizes()).toEqual([1, 1])
})

it('drops a batch that is refused for good, and goes on with the next', async () => {
  const { exporter, sizes, droppedSpans, pass } = setUp(400)
  exporter.add('1')
  await pass(1000)
  expect(droppedSpans()).toBe(1)
  exporter.add('2')
  await pass(1000)
  expect(sizes()).toEqual([1, 1])
  expect(droppedSpans()).toBe(1)
})

it('holds so much and no more while the collector is away', async () => {
  const { exporter, droppedSpans, pass } = setUp('never')
  const span = `"${'x'.repeat(998)}"`
  for (let count = 0; count < 10_000; count++) exporter.add(span)
  expect(exporter.bytes).toBeLessThanOrEqual(4 * 1024 * 1024)
  expect(droppedSpans()).toBe(10_000 - Math.floor((4 * 1024 * 1024) / 1000))
  await pass(10_000)
  await exporter.close()
  expect(droppedSpans()).toBe(10_000)
  expect(exporter.bytes).toBe(0)
})

it('sends what waits before it closes', async () => {
  const { exporter, sizes } = setUp()
  exporter.add('1')
  await exporter.close()
  expect(sizes()).toEqual([1])
})

it('closes within two seconds though the collector hangs', async () => {
  const { exporter, droppedSpans, pass } = setUp('never')
  exporter.add('1')
  const closed = exporter.close()
  await pass(2000)
  await closed
  expect(droppedSpans()).toBe(1)
  exporter.add('2')
  expect(droppedSpans()).toBe(2)
})
