import { beforeAll, describe, expect, it } from 'vitest'
import { readRows } from '../../benchmarks/quality/datasets.ts'
import { Router } from '../../src/core/index.ts'
import { loadBuiltinEncoder } from '../../src/encoders/builtin/index.ts'
import { DriftMonitor } from '../../src/observability/index.ts'
import { seededRandom } from '../../src/util/random.ts'

const EXAMPLES = 20
const SEEDS = 50

type Made = readonly [confidence: number, outOfScope: number]
type Draw = (random: () => number) => Made

const anyOf =
  (made: readonly Made[]): Draw =>
  (random) =>
    made[Math.floor(random() * made.length)] as Made
const mixed =
  (usual: Draw, other: Draw, share: number): Draw =>
  (random) =>
    random() < share ? other(random) : usual(random)

/** Of so many windows of traffic after a thousand usual decisions, those that the monitor warned in. */
function warnings(seed: number, usual: Draw, later: Draw, windows: number): number {
  const random = seededRandom(seed)
  const monitor = new DriftMonitor()
  for (let made = 0; made < 1000; made++) monitor.observe(...usual(random))
  let count = 0
  for (let window = 0; window < windows; window++) {
    for (let made = 0; made < 250; made++) monitor.observe(...later(random))
    if (monitor.status.state === 'drifting') count++
  }
  return count
}

describe('drift of traffic of 150 intents', () => {
  let usual: Draw
  let strays: Draw
  let elsewhere: Draw
  beforeAll(async () => {
    const routes = new Map<string, string[]>()
    for (const { text, route } of readRows('clinc150/train.jsonl')) {
      const examples = routes.get(route as string) ?? []
      if (examples.length < EXAMPLES) examples.push(text)
      routes.set(route as string, examples)
    }
    const router = Router.compile(
      { routes: [...routes].map(([name, examples]) => ({ name, examples })) },
      await loadBuiltinEncoder(),
    )
    const decided = (file: string) =>
      anyOf(
        readRows(file).map(({ text }): Made => {
          const { confidence, outOfScope } = router.route(text)
          return [confidence, outOfScope]
        }),
      )
    usual = decided('clinc150/val.jsonl')
    strays = decided('clinc150/oos_val.jsonl')
    elsewhere = decided('hwu64/train.jsonl')
  })

  it('is silent on ten thousand windows of the same traffic, with strays in it or without', () => {
    for (const traffic of [usual, mixed(usual, strays, 0.15)]) {
      let count = 0
      for (let seed = 0; seed < SEEDS; seed++) count += warnings(seed, traffic, traffic, 100)
      expect(count).toBe(0)
    }
  })

  it('warns when three texts in ten come from elsewhere', () => {
    for (const other of [strays, elsewhere]) {
      let count = 0
      for (let seed = 0; seed < SEEDS; seed++) {
        if (warnings(seed, usual, mixed(usual, other, 0.3), 24) > 0) count++
      }
      expect(count).toBe(SEEDS)
    }
  })
})
