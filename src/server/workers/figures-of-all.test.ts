import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MetricFamily } from '../../observability/index.ts'
import { FiguresOfAll } from './figures-of-all.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const counted = (count: number): MetricFamily[] => [
  { name: 'requests_total', type: 'counter', help: 'R.', merge: 'sum', series: new Map([['', count]]) },
  { name: 'in_flight', type: 'gauge', help: 'F.', merge: 'sum', series: new Map([['', 1]]) },
]

/** Workers that answer with what they have counted, unless they hang. */
function workersThat(answers: Map<number, number | 'hangs'>) {
  const figures: FiguresOfAll = new FiguresOfAll(
    () =>
      [...answers].map(([id, answer]) => ({
        id,
        number: id,
        send(message) {
          if (message.kind !== 'report' || answer === 'hangs') return
          figures.take({ id, number: id }, message.request, counted(answer))
        },
      })),
    () => [],
  )
  return figures
}

const total = (text: string) => /^requests_total (\d+)$/m.exec(text)?.[1]

describe('the figures of all workers', () => {
  it('are asked for anew each time', async () => {
    const answers = new Map<number, number | 'hangs'>([
      [1, 3],
      [2, 4],
    ])
    const figures = workersThat(answers)
    expect(total(await figures.render())).toBe('7')
    answers.set(1, 5)
    expect(total(await figures.render())).toBe('9')
  })

  it('have the last word of a worker that does not answer within a second', async () => {
    const answers = new Map<number, number | 'hangs'>([
      [1, 3],
      [2, 4],
    ])
    const figures = workersThat(answers)
    await figures.render()
    answers.set(1, 'hangs')
    answers.set(2, 6)
    const text = figures.render()
    await vi.advanceTimersByTimeAsync(1000)
    expect(total(await text)).toBe('9')
  })

  it('keep what a worker had counted when it ended, and do not wait for it', async () => {
    const answers = new Map<number, number | 'hangs'>([
      [1, 3],
      [2, 4],
    ])
    const figures = workersThat(answers)
    await figures.render()
    answers.set(1, 'hangs')
    const text = figures.render()
    figures.end(1)
    expect(total(await text)).toBe('7')
    answers.delete(1)
    answers.set(3, 1)
    const later = await figures.render()
    expect(total(later)).toBe('8')
    expect(later).toContain('\nin_flight 2\n')
  })

  it('know whether any worker was asked if it is ready, also one that has ended', async () => {
    const figures = workersThat(new Map())
    expect(figures.wasAskedWhetherReady).toBe(false)
    const labels = 'operation="healthReady",status="200"'
    figures.take({ id: 1, number: 1 }, 0, [
      {
        name: 'stratarouter_requests_total',
        type: 'counter',
        help: 'R.',
        merge: 'sum',
        series: new Map([[labels, 1]]),
      },
    ])
    expect(figures.wasAskedWhetherReady).toBe(true)
    figures.end(1)
    expect(figures.wasAskedWhetherReady).toBe(true)
  })
})
