import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { type GatewayFile, renderPage } from '../../benchmarks/gateway/report.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

it('docs/gateway-speed.md is what was measured (npm run bench:gateway -- --report writes it)', () => {
  expect(read('docs/gateway-speed.md')).toBe(
    renderPage(JSON.parse(read('benchmarks/gateway/results/gateway.json')) as GatewayFile),
  )
})
