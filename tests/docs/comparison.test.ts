import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { comparisonsOf, isLost } from '../../benchmarks/rivals/comparisons.ts'
import { renderPage } from '../../benchmarks/rivals/report.ts'
import type { RivalsResult } from '../../benchmarks/rivals/result.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const result = JSON.parse(read('benchmarks/rivals/results/semantic-router.json')) as RivalsResult
const page = read('docs/comparison.md')

test('docs/comparison.md says what was measured (npm run bench:rivals -- --report writes it)', () => {
  expect(page).toBe(renderPage(result))
})

test('every figure that is lost stands first on the page', () => {
  const [losses = ''] = page.split('## Accuracy')
  const lost = comparisonsOf(result).filter(isLost)
  for (const { what } of lost) expect(losses).toContain(`| ${what} |`)
  expect(losses.split('\n').filter((line) => /^\| .*\d/.test(line))).toHaveLength(lost.length)
})

test('a figure counts as lost by its own direction', () => {
  const figure = { what: '', ours: 2, theirs: 1, unit: 'ms' } as const
  expect(isLost({ ...figure, better: 'lower' })).toBe(true)
  expect(isLost({ ...figure, better: 'higher' })).toBe(false)
})
