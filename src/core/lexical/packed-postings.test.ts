import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PackedPostings } from './packed-postings.ts'
import type { Postings } from './postings.ts'

const FEATURES = 8

/** Lists of any length; of some the routes are in no order or a weight is 0, as edits may leave them. */
const anyPostings = (classes: number): fc.Arbitrary<Postings> =>
  fc
    .array(
      fc.record({
        routes: fc.oneof(
          fc.subarray([...Array(classes).keys()]),
          fc.shuffledSubarray([...Array(classes).keys()], { minLength: Math.min(classes, 7) }),
        ),
        weight: fc.constantFrom(0.5, -2, 3, 0),
      }),
      { minLength: FEATURES, maxLength: FEATURES },
    )
    .map((lists) => ({
      offsets: Int32Array.from([
        0,
        ...lists.map((_, i) => lists.slice(0, i + 1).flatMap((l) => l.routes).length),
      ]),
      routes: Int32Array.from(lists.flatMap(({ routes }) => routes)),
      weights: Float32Array.from(lists.flatMap(({ routes, weight }) => routes.map((k) => weight * (k + 1)))),
      shared: Float32Array.from({ length: FEATURES }, (_, i) => i / 3),
    }))

function pack(postings: Postings, classes: number) {
  const packed = new PackedPostings(postings, classes)
  const rows = new Float32Array(packed.rowCount * packed.stride)
  packed.layRows(postings, rows)
  return { packed, rows }
}

test('unpacking gives back what was packed', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 12, 40, 70).chain((classes) => fc.tuple(fc.constant(classes), anyPostings(classes))),
      ([classes, postings]) => {
        expect(pack(postings, classes).packed.unpack()).toStrictEqual(postings)
      },
    ),
  )
})

test('only long lists become rows, a row says what its list said, and the list is gone', () => {
  const routes = Array.from({ length: 14 }, (_, i) => i * 3)
  const postings: Postings = {
    offsets: Int32Array.from([0, 0, 14, 15]),
    routes: Int32Array.from([...routes, 7]),
    weights: Float32Array.from([...routes.map((k) => k + 1), 1]),
    shared: new Float32Array(3),
  }
  const { packed, rows } = pack(postings, 40)
  expect([...packed.places]).toEqual([-1, 0, -1])
  expect(packed.stride % 32).toBe(0)
  expect([...rows.subarray(0, 40)]).toEqual(Array.from({ length: 40 }, (_, k) => (k % 3 === 0 ? k + 1 : 0)))
  expect([...packed.offsets]).toEqual([0, 0, 0, 1])
  expect(packed.weights).toHaveLength(1)
})

test('of few classes there are no rows', () => {
  const postings: Postings = {
    offsets: Int32Array.from([0, 10]),
    routes: Int32Array.from(Array(10).keys()),
    weights: new Float32Array(10).fill(1),
    shared: new Float32Array(1),
  }
  expect(new PackedPostings(postings, 10).rowCount).toBe(0)
})
