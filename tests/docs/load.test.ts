import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { type LoadFile, renderPage } from '../../benchmarks/load/report.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

it('docs/load.md is what was measured (npm run bench:load -- --report writes it)', () => {
  expect(read('docs/load.md')).toBe(
    renderPage(JSON.parse(read('benchmarks/load/results/load.json')) as LoadFile),
  )
})
