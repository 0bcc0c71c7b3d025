import { expect, test } from 'vitest'
import { KernelSpace } from './kernel-space.ts'

const rows = (value: number) => new Int8Array(1000).fill(value)
const read = (space: KernelSpace, at: number) => new Int8Array(space.kernels.buffer, at, 1000).slice()

test('small spaces share a memory, and each finds what it holds whoever was there before', () => {
  const spaces = Array.from({ length: 40 }, (_, i) => {
    const space = new KernelSpace(2000, true)
    space.allocate(i * 16)
    return { space, value: i, at: space.hold(rows(i)).at }
  })
  expect(new Set(spaces.map(({ space }) => space.kernels)).size).toBe(1)
  for (const { space, value, at } of [...spaces, ...spaces.reverse()]) {
    space.enter()
    expect(read(space, at)).toEqual(rows(value))
  }
})

test('a space says that its scratch was lost, once', () => {
  const first = new KernelSpace(2000, true)
  first.hold(rows(1))
  first.enter()
  expect(first.enter()).toBe(false)
  for (let i = 0; i < 20; i++) new KernelSpace(2000, true).enter()
  expect(first.enter()).toBe(true)
  expect(first.enter()).toBe(false)
})

test('what a small space holds is not a part of something larger, which it would keep', () => {
  const file = new Int8Array(100_000)
  const { values } = new KernelSpace(2000, true).hold(file.subarray(10, 1010))
  expect(values.buffer.byteLength).toBe(1000)
})

test('a large space, or one that may not share, has a memory of its own where what it holds lives', () => {
  for (const space of [new KernelSpace(100_000, true), new KernelSpace(2000, false)]) {
    const { at, values } = space.hold(rows(3))
    expect(values.buffer).toBe(space.kernels.buffer)
    expect(values.byteOffset).toBe(at)
    expect(space.kernels).not.toBe(new KernelSpace(2000, true).kernels)
    expect(space.enter()).toBe(false)
    expect(read(space, at)).toEqual(rows(3))
  }
})

test('a space refuses to give more than a place has', () => {
  const space = new KernelSpace(2000, true)
  expect(() => space.allocate(70_000)).toThrow(RangeError)
})
