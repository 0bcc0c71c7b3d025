import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { Feedback, FeedbackPosition, FeedbackStore } from '../../contracts/index.ts'

interface FeedbackStoreHarness {
  /** An empty store. */
  open(): Promise<{ readonly feedback: FeedbackStore; close(): Promise<void> }>
  /** Registers one case with the test runner. */
  test(title: string, run: () => Promise<void>): void
}

const said = (id: string, at: number, changed: Partial<Feedback> = {}): Feedback => ({
  id,
  at,
  routeSet: 'default',
  text: `text of ${id} \u{1F600}`,
  route: 'billing',
  decisionId: null,
  ...changed,
})

/** What every FeedbackStore must do; call it from the test of each implementation. */
export function checkFeedbackStore(harness: FeedbackStoreHarness): void {
  const withStore = (title: string, run: (store: FeedbackStore) => Promise<void>) =>
    harness.test(title, async () => {
      const { feedback, close } = await harness.open()
      try {
        await run(feedback)
      } finally {
        await close()
      }
    })
  const allOf = async (store: FeedbackStore, routeSet?: string, limit = 100) => {
    const all: Feedback[] = []
    let after: FeedbackPosition | undefined
    for (;;) {
      const { feedback, next } = await store.list(routeSet, limit, after)
      all.push(...feedback)
      if (next === null) return all
      after = next
    }
  }

  withStore(
    'gives back what was said, the newest first, of one set or of all, on pages of any size',
    async (store) => {
      const a = said('a', 1)
      const b = said('b', 3, { routeSet: 'other', decisionId: 'dec_1' })
      const c = said('c', 2, { route: null })
      const d = said('d', 2)
      for (const one of [a, b, c, d]) {
        deepStrictEqual(await store.put(one, 100), { id: one.id, replaced: false })
      }
      for (const limit of [1, 2, 100]) {
        deepStrictEqual(await allOf(store, 'default', limit), [d, c, a])
        deepStrictEqual(await allOf(store, undefined, limit), [b, d, c, a])
      }
      deepStrictEqual(await allOf(store, 'none'), [])
    },
  )

  withStore(
    'puts what is said of the same text in the place of what was said before, in that set only',
    async (store) => {
      await store.put(said('a', 1, { text: 'x' }), 100)
      await store.put(said('b', 2, { text: 'x', routeSet: 'other' }), 100)
      const again = said('c', 3, { text: 'x', route: null, decisionId: 'dec_1' })
      deepStrictEqual(await store.put(again, 100), { id: 'a', replaced: true })
      deepStrictEqual(await allOf(store, 'default'), [{ ...again, id: 'a' }])
      strictEqual((await allOf(store, 'other')).length, 1)
    },
  )

  withStore('keeps the newest rows of each set', async (store) => {
    await store.put(said('other', 0, { routeSet: 'other' }), 3)
    for (let count = 0; count < 10; count++) await store.put(said(`f${count}`, count), 3)
    deepStrictEqual(
      (await allOf(store, 'default')).map(({ id }) => id),
      ['f9', 'f8', 'f7'],
    )
    strictEqual((await allOf(store, 'other')).length, 1)
  })

  withStore('deletes one', async (store) => {
    await store.put(said('a', 1), 3)
    strictEqual(await store.delete('a'), true)
    strictEqual(await store.delete('a'), false)
    deepStrictEqual(await allOf(store), [])
  })

  withStore('deletes what was said of a set, so much at a time', async (store) => {
    await store.put(said('other', 0, { routeSet: 'other' }), 9)
    for (let count = 0; count < 5; count++) await store.put(said(`f${count}`, count), 9)
    strictEqual(await store.deleteSet('default', 3), 3)
    strictEqual(await store.deleteSet('default', 3), 2)
    strictEqual(await store.deleteSet('default', 3), 0)
    strictEqual((await allOf(store)).length, 1)
  })
}
