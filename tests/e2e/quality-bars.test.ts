import { describe, expect, it } from 'vitest'
import {
  hideNames,
  readInScope,
  readIntentSet,
  readRows,
  routesOf,
} from '../../benchmarks/quality/datasets.ts'
import { checkDraws, drawnRows } from '../../benchmarks/quality/draws.ts'
import { staleFiles } from '../../benchmarks/quality/report.ts'
import { createRouter } from '../../src/index.ts'

// The bars of docs/benchmarks.md that can be checked quickly; `npm run bench:quality` measures all of them.
describe('the default configuration', () => {
  it.each([
    { name: 'clinc150', leastAccuracy: 0.87, mostError: 0.025 },
    { name: 'hwu64', leastAccuracy: 0.776, mostError: 0.045 },
  ] as const)(
    'reaches its bars on $name with 10 examples a route',
    async ({ name, leastAccuracy, mostError }) => {
      const set = readIntentSet(name)
      checkDraws(set)
      const router = await createRouter({ routes: routesOf(drawnRows(set, 10, 0)) })
      const { inScopeAccuracy, ece } = router.evaluate(set.test)
      expect(inScopeAccuracy).toBeGreaterThanOrEqual(leastAccuracy)
      expect(ece).toBeLessThanOrEqual(mostError)
    },
  )

  it('routes almost as well when the names of the routes say nothing', async () => {
    const set = readIntentSet('hwu64')
    const rename = hideNames(set.routes)
    const router = await createRouter({ routes: routesOf(drawnRows(set, 10, 0), rename) })
    const test = set.test.map(({ text, route }) => ({ text, route: rename(route) }))
    expect(router.evaluate(test).inScopeAccuracy).toBeGreaterThanOrEqual(0.77)
  })

  it('never decides noticeably worse for being fitted with labelled rows, few or many', async () => {
    const routes = routesOf(readInScope('clinc150/train.jsonl')).map(({ name, examples }) => ({
      name,
      examples: examples.slice(0, 10),
    }))
    const router = await createRouter({ routes })
    const queries = [...readRows('clinc150/test.jsonl'), ...readRows('clinc150/oos_test.jsonl')]
    const before = router.evaluate(queries)
    const inScope = readRows('clinc150/val.jsonl')
    const strays = readRows('clinc150/oos_val.jsonl')
    for (const [belonging, others] of [
      [10, 10],
      [0, 10],
      [50, 0],
      [100, 100],
      [3000, 10],
      [3000, 100],
    ] as const) {
      const step = Math.max(1, Math.floor(inScope.length / Math.max(1, belonging)))
      const data = [
        ...inScope.filter((_, place) => place % step === 0).slice(0, belonging),
        ...strays.slice(0, others),
      ]
      router.fit({ data })
      const after = router.evaluate(queries)
      expect(after.thresholdedAccuracy).toBeGreaterThan(Number(before.thresholdedAccuracy) - 0.005)
      expect(after.oosRecall).toBeGreaterThan(Number(before.oosRecall) - 0.03)
      expect(after.eceMixed).toBeLessThan(Number(before.eceMixed) + 0.01)
    }
  })

  it('tells out-of-scope queries from those that belong', { timeout: 240_000 }, async () => {
    const router = await createRouter({ routes: routesOf(readInScope('clinc150/train.jsonl')) })
    const queries = [...readRows('clinc150/test.jsonl'), ...readRows('clinc150/oos_test.jsonl')]
    expect(router.evaluate(queries).oosAuroc).toBeGreaterThanOrEqual(0.963)
  })
})

describe('docs/benchmarks.md', () => {
  it('says with its pictures what the committed results say', () => {
    expect(staleFiles()).toEqual([])
  })
})
