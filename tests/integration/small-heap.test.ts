import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

const MEBIBYTE = 2 ** 20
const module = new URL('../../src/server/small-heap.ts', import.meta.url).href

/** What a process of its own prints, as what is done to a heap cannot be undone. */
function print(program: string, ...flags: string[]): string {
  const source = `import { collectGarbage, keepHeapSmall } from ${JSON.stringify(module)}\n${program}`
  return execFileSync(process.execPath, [...flags, '--input-type=module', '-e', source], { encoding: 'utf8' })
}

const run = (program: string): unknown => JSON.parse(print(program))

const ALLOCATE_AND_MEASURE = `
import { getHeapSpaceStatistics } from 'node:v8'
const kept = []
const sizes = []
for (let count = 0; count < 400_000; count++) {
  kept.push({ count, text: 'x'.repeat(count % 50) })
  if (count % 1000 !== 0) continue
  sizes.push(getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size)
}
console.log(JSON.stringify(sizes.sort((a, b) => a - b)[sizes.length / 2]))`

// The median, since for the length of a collection it takes as much again as it collects.
it('keeps the youngest generation at 1 MB a half, where it grows otherwise', () => {
  expect(run(`keepHeapSmall()${ALLOCATE_AND_MEASURE}`)).toBeLessThanOrEqual(6 * MEBIBYTE)
  expect(run(ALLOCATE_AND_MEASURE)).toBeGreaterThan(8 * MEBIBYTE)
})

it('lets the youngest generation grow to 8 MB a half where models are called, and no further', () => {
  const sizes = run(`
import { getHeapSpaceStatistics } from 'node:v8'
import { makeRoomForCalls } from ${JSON.stringify(module)}
const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size
keepHeapSmall(true)
makeRoomForCalls()
const grown = young()
const kept = []
for (let count = 0; count < 400_000; count++) kept.push({ count, text: 'x'.repeat(count % 50) })
console.log(JSON.stringify([grown, young()]))`) as number[]
  for (const size of sizes) {
    expect(size).toBeGreaterThanOrEqual(16 * MEBIBYTE)
    expect(size).toBeLessThanOrEqual(24 * MEBIBYTE)
  }
})

const GROW_OLD = `
import { getHeapStatistics } from 'node:v8'
const kept = []
for (let count = 0; count < 100_000; count++) kept.push({ count, text: 'x'.repeat(count % 50) })
let largest = 0
for (let count = 0; count < 3_000_000; count++) {
  kept[count % kept.length] = { count, text: 'x'.repeat(count % 50) }
  if (count % 1000 === 0) largest = Math.max(largest, getHeapStatistics().total_heap_size)
}
console.log(JSON.stringify(largest))`

it('collects the old generation before it has doubled', () => {
  expect(run(`keepHeapSmall()${GROW_OLD}`)).toBeLessThan(0.75 * (run(GROW_OLD) as number))
})

it('gives the old generation more room where models are called, and still less than otherwise', () => {
  const withModels = run(`keepHeapSmall(true)${GROW_OLD}`) as number
  expect(withModels).toBeGreaterThan(run(`keepHeapSmall()${GROW_OLD}`) as number)
  expect(withModels).toBeLessThan(0.9 * (run(GROW_OLD) as number))
})

const COMPILE = `
const sum = (list) => list.reduce((total, value) => total + value, 0)
const list = Array.from({ length: 1000 }, (_, index) => index)
let total = 0
for (let count = 0; count < 20_000; count++) total += sum(list)`

it('compiles hot code without the middle stage, to the last one', () => {
  expect(print(COMPILE, '--trace-opt')).toContain('target MAGLEV')
  const small = print(`keepHeapSmall()${COMPILE}`, '--trace-opt')
  expect(small).toContain('target TURBOFAN')
  expect(small).not.toContain('target MAGLEV')
})

it('collects what nothing refers to, and leaves no way to do so behind', () => {
  const printed = run(`
    const left = new WeakRef(new Array(1000).fill({}))
    await new Promise(setImmediate)
    collectGarbage()
    console.log(JSON.stringify([left.deref() === undefined, typeof globalThis.gc]))`)
  expect(printed).toEqual([true, 'undefined'])
})
