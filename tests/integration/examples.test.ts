import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readLabelledFile } from '../../src/config/labelled-file.ts'
import { readRouteFile } from '../../src/config/route-file.ts'
import { lintRoutes } from '../../src/core/lint-routes.ts'
import { loadBuiltinEncoder, Router } from '../../src/index.ts'

const example = (name: string): string => join(fileURLToPath(import.meta.url), '../../../examples', name)
const routeSet = readRouteFile(example('support-desk.routes.yaml'))
const rows = readLabelledFile(example('support-desk.labelled.jsonl'))
const router = Router.compile(routeSet, await loadBuiltinEncoder())

test('the demo route set has nothing to lint and knows where the refund is', () => {
  expect(lintRoutes(routeSet, router).problems).toEqual([])
  expect(router.route('where is my refund?')).toMatchObject({ route: 'refund', reason: 'match' })
  expect(router.route('what about INV-20391')).toMatchObject({ route: 'invoices', reason: 'rule' })
})

test('its labelled texts are none of its examples and name only its routes', () => {
  const examples = new Set(
    routeSet.routes.flatMap((route) => route.examples).concat(routeSet.outOfScope ?? []),
  )
  expect(rows.filter(({ text }) => examples.has(text))).toEqual([])
  const evaluation = router.evaluate(rows)
  expect(evaluation.outOfScope).toBe(30)
  expect(evaluation.inScopeAccuracy).toBeGreaterThan(0.75)
})
