import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Evaluation, FitOutcome, KeyedFitInputs } from '../../contracts/index.ts'
import { evaluateDecisions } from '../../core/evaluation/evaluate.ts'
import { openSqliteRecordStores } from './open-sqlite-record-stores.ts'
import { openSqliteRouteStore } from './open-sqlite-route-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'stratarouter-fit-inputs-'))
afterAll(() => rmSync(folder, { recursive: true }))

const routeSet = { routes: [{ name: 'a', examples: ['x'] }] }
const row = (id: string) => ({ id, text: `the text of ${id}`, route: 'a' })

function outcomeQuoting(...texts: string[]): FitOutcome {
  const evaluation: Evaluation = {
    ...evaluateDecisions([], [], []),
    misses: texts.map((text) => ({ text, expected: 'a', got: null, confidence: 0.1 })),
    confusions: [{ expected: 'a', got: null, count: texts.length, examples: texts }],
  }
  const thresholds = { default: 0.5 }
  const report = { routes: 1, examples: 1, accuracyCv: null, eceCv: null, eceCvByChance: null, thresholds }
  return { report: { ...report, seconds: 1, bytes: 1 }, evaluation }
}

const quoted = (outcome: FitOutcome | undefined) => [
  outcome?.evaluation?.misses.map(({ text }) => text),
  outcome?.evaluation?.confusions.flatMap(({ examples }) => examples),
]

it('fit inputs name feedback, and follow it: what is deleted before, during or after a fit is in no version', async () => {
  const file = join(folder, 'one.db')
  const store = await openSqliteRouteStore({ file, clock: { now: () => 0 }, versionsKept: 9 })
  const { feedback, close } = await openSqliteRecordStores(file)
  // More than one query asks for.
  const rows = Array.from({ length: 1500 }, (_, index) => row(`f${index}`))
  for (const [at, given] of rows.entries())
    await feedback.put({ ...given, routeSet: 's', decisionId: null, at }, 2000)

  const inputs: KeyedFitInputs = { key: 'k', inputs: { data: [{ text: 'y', route: null }], feedback: rows } }
  await feedback.delete('f1')
  const texts = ['f1', 'f2', 'f3'].map((id) => row(id).text)
  const outcome = outcomeQuoting(...texts)
  await store.put('s', { routeSet, fitInputsKey: 'k', outcome }, { fitInputs: inputs })
  expect(quoted((await store.get('s'))?.outcome)).toEqual([texts.slice(1), texts.slice(1)])

  await feedback.delete('f2')
  expect(quoted((await store.get('s'))?.outcome)).toEqual([texts.slice(2), texts.slice(2)])
  expect(await store.fitInputs('k')).toEqual({
    ...inputs.inputs,
    feedback: rows.filter(({ id }) => id !== 'f1' && id !== 'f2'),
  })

  await feedback.put({ ...row('new'), routeSet: 's', decisionId: null, at: 9999 }, 1)
  expect(quoted((await store.get('s'))?.outcome)).toEqual([[], []])
  expect(await store.fitInputs('k')).toEqual({ ...inputs.inputs, feedback: [] })
  await close()
  await store.close()
})
