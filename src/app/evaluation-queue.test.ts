import { expect, test } from 'vitest'
import { diffDecisions } from '../core/diff-decisions.ts'
import { Router } from '../core/index.ts'
import { loadBuiltinEncoder } from '../encoders/builtin/index.ts'
import { EvaluationQueue } from './evaluation-queue.ts'

const encoder = await loadBuiltinEncoder()
const routes = [
  { name: 'billing', examples: ['where is my refund', 'I was charged twice'] },
  { name: 'support', examples: ['the app crashes', 'I cannot log in'] },
]
const data = Array.from({ length: 20 }, (_, index) => ({
  text: `a refund, number ${index}`,
  route: 'billing',
}))

/** Each reading of the clock is a millisecond after the one before. */
function paced(onPause: (count: number) => void = () => {}) {
  let nowMs = 0
  let pauses = 0
  const queue = new EvaluationQueue({
    nowMs: () => nowMs++,
    async pause() {
      onPause(++pauses)
    },
  })
  return { queue, pauses: () => pauses }
}

test('lets others go on every few milliseconds, and scores as the router does', async () => {
  const router = Router.compile({ routes }, encoder)
  const { queue, pauses } = paced()
  const { evaluation } = await queue.evaluate(async () => ({ router }), data)
  expect(pauses()).toBeGreaterThan(3)
  expect({ ...evaluation, latencyUs: 0 }).toEqual({ ...router.evaluate(data), latencyUs: 0 })
})

test('scores all rows by one snapshot, and what is edited meanwhile anew', async () => {
  const router = Router.compile({ routes }, encoder)
  const { queue } = paced((count) => {
    if (count === 2) router.add({ name: 'refunds', examples: data.map(({ text }) => text) })
  })
  const { evaluation } = await queue.evaluate(async () => ({ router, snapshot: router.snapshot }), data)
  expect({ ...evaluation, latencyUs: 0 }).toEqual({ ...router.evaluate(data), latencyUs: 0 })
  expect(evaluation.inScopeAccuracy).toBe(0)
})

test('compares two routers with pauses, anew when one is edited meanwhile', async () => {
  const [before, after] = [Router.compile({ routes }, encoder), Router.compile({ routes }, encoder)]
  const { queue, pauses } = paced((count) => {
    if (count === 2) after.add({ name: 'refunds', examples: data.map(({ text }) => text) })
  })
  const diff = await queue.diff(async () => ({ before, after }), data)
  expect(diff).toEqual(diffDecisions(before, after, data))
  expect([diff.of, diff.changed]).toEqual([20, 20])
  expect(diff.changes[0]).toMatchObject({ after: { route: 'refunds' }, expected: 'billing' })
  expect(pauses()).toBeGreaterThan(5)
})

test('comes to an end however often there are edits', async () => {
  const router = Router.compile({ routes }, encoder)
  const { queue } = paced((count) => router.add({ name: `r${count}`, examples: [`nothing of ${count}`] }))
  expect((await queue.evaluate(async () => ({ router }), data)).evaluation.n).toBe(20)
})

test('scores a cascade in place of its router, or the router alone when edits never end', async () => {
  const router = Router.compile({ routes }, encoder)
  const cascade = {
    route: async (text: string) => ({ ...router.route(text), asked: 'answered' as const }),
  }
  const open = async () => ({ router, cascade })
  expect((await paced().queue.evaluate(open, data)).asking).toEqual({ asked: 20, unanswered: 0 })
  const { queue } = paced((count) => router.add({ name: `r${count}`, examples: [`nothing of ${count}`] }))
  expect((await queue.evaluate(open, data)).asking).toEqual({ asked: 0, unanswered: 0 })
})

test('gives up a cascade whose slower encoder is gone', async () => {
  const router = Router.compile({ routes }, encoder)
  let asked = 0
  const cascade = {
    route: async (text: string) => ({
      ...router.route(text),
      asked: ++asked === 10 ? ('answered' as const) : ('timed-out' as const),
    }),
  }
  const scoring = paced().queue.evaluate(async () => ({ router, cascade }), [...data, ...data])
  await expect(scoring).rejects.toMatchObject({ code: 'encoder_failed' })
  expect(asked).toBe(30)
})

test('scores one after the other, whatever became of the one before', async () => {
  const router = Router.compile({ routes }, encoder)
  let open = 0
  const most: number[] = []
  const { queue } = paced()
  const score = (route: string) =>
    queue
      .evaluate(
        async () => {
          most.push(++open)
          return { router }
        },
        data.map(({ text }) => ({ text, route })),
      )
      .finally(() => open--)
  const [first, second, third] = await Promise.allSettled([score('billing'), score('none'), score('support')])
  expect([first?.status, second?.status, third?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(most).toEqual([1, 1, 1])
})
