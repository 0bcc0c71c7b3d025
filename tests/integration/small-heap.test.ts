import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

const MEBIBYTE = 2 ** 20
const module = new URL('../../src/server/small-heap.ts', import.meta.url).href

/** What a process of its own prints, as what is done to a heap cannot be undone. */
function run(program: string): unknown {
  const source = `import { collectGarbage, keepHeapSmall } from ${JSON.stringify(module)}\n${program}`
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' }),
  )
}

const ALLOCATE_AND_MEASURE = `
import { getHeapSpaceStatistics } from 'node:v8'
const kept = []
for (let count = 0; count < 400_000; count++) kept.push({ count, text: 'x'.repeat(count % 50) })
const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
console.log(JSON.stringify(young.space_size))`

// Two halves, and what is on its way out in the middle of a collection.
it('keeps the youngest generation at 1 MB a half, where it grows otherwise', () => {
  expect(run(`keepHeapSmall()${ALLOCATE_AND_MEASURE}`)).toBeLessThanOrEqual(4 * MEBIBYTE)
  expect(run(ALLOCATE_AND_MEASURE)).toBeGreaterThan(8 * MEBIBYTE)
})

it('collects what nothing refers to, and leaves no way to do so behind', () => {
  const printed = run(`
    const left = new WeakRef(new Array(1000).fill({}))
    await new Promise(setImmediate)
    collectGarbage()
    console.log(JSON.stringify([left.deref() === undefined, typeof globalThis.gc]))`)
  expect(printed).toEqual([true, 'undefined'])
})
