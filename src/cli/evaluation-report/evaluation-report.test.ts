import { expect, test } from 'vitest'
import type { Evaluation } from '../../contracts/index.ts'
import { openTerminal } from '../terminal.ts'
import { displayWidth } from '../text-layout.ts'
import { chanceInFit } from './calibration-chance.ts'
import { evaluationPage } from './evaluation-page.ts'
import { readableBins } from './plain-words.ts'
import { evaluationLines } from './print-evaluation.ts'

const sampleEvaluation: Evaluation = {
  n: 120,
  inScope: 100,
  outOfScope: 20,
  inScopeAccuracy: 0.91,
  thresholdedAccuracy: 0.88,
  oosRecall: 0.75,
  oosPrecision: 0.8,
  inScopeRejected: 0.04,
  oosAuroc: 0.95,
  ece: 0.021,
  eceMixed: 0.03,
  brier: 0.07,
  aurc: 0.02,
  coverageAt975: 0.7,
  latencyUs: { p50: 11.2, p99: 48 },
  confusions: [
    { expected: 'billing', got: 'delivery', count: 5, examples: ['<script>alert(1)</script>', 'plain'] },
    { expected: null, got: 'billing', count: 2, examples: ['tax law & "stocks"'] },
  ],
  misses: [
    { text: 'mild', expected: 'billing', got: null, confidence: 0.41 },
    { text: '"><img src=x onerror=alert(1)>', expected: 'billing', got: 'delivery', confidence: 0.93 },
  ],
  reliability: [
    { confidence: 0.42, accuracy: 0.4, count: 50 },
    { confidence: 0.95, accuracy: 0.96, count: 50 },
  ],
  thresholdCurve: [
    { threshold: 0.2, coverage: 0.95, errorRate: 0.12, oosRecall: 0.3, inScopeRejected: 0.01 },
    { threshold: 0.5, coverage: 0.8, errorRate: 0.06, oosRecall: 0.75, inScopeRejected: 0.04 },
    { threshold: 0.9, coverage: 0.4, errorRate: 0.01, oosRecall: 1, inScopeRejected: 0.4 },
  ],
}

const pageContext = { source: 'routes & <more>.yaml', data: 'labelled.jsonl', threshold: 0.5, misses: 10 }
const page = evaluationPage(sampleEvaluation, pageContext)

test('texts from the data are shown, never run', () => {
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(page).toContain('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;')
  expect(page).toContain('routes &amp; &lt;more&gt;.yaml')
  expect(page.match(/<script/g)).toHaveLength(1)
  expect(page).not.toContain('<img')
})

test('the page asks for nothing from outside and says so in its policy', () => {
  expect(page).not.toMatch(/<[a-z]+[^>]*\s(?:src|href)=|url\(|@import|https?:/)
  expect(page).toContain('default-src &#39;none&#39;')
})

test('both charts have a name and a description, every table a caption', () => {
  expect(page.match(/<svg[^>]* role="img"/g)).toHaveLength(2)
  for (const [, ids] of page.matchAll(/aria-labelledby="([^"]+)"/g)) {
    for (const id of ids!.split(' ')) expect(page).toContain(`id="${id}"`)
  }
  expect(page.match(/<table>/g)?.length).toBe(page.match(/<caption>/g)?.length)
})

test('the surest misses come first', () => {
  expect(page.indexOf('0.930')).toBeLessThan(page.indexOf('0.410'))
})

test('no coordinate of a chart is missing', () => {
  expect(page).not.toMatch(/NaN|undefined|Infinity/)
})

test('a perfect result and an empty one make a page too', () => {
  const empty = { confusions: [], misses: [], reliability: [], thresholdCurve: [] }
  const perfect = evaluationPage({ ...sampleEvaluation, ...empty, oosRecall: null }, pageContext)
  expect(perfect).toContain('None: every decision was right.')
  expect(perfect).not.toContain('Out of scope caught')
  expect(perfect).not.toMatch(/NaN|undefined|Infinity/)
})

const context = { source: 'routes.yaml', data: 'labelled.jsonl', threshold: 0.5, misses: 1 }
const plain = openTerminal({ json: false, quiet: false, noColor: true, environment: { COLUMNS: '100' } })
const lines = evaluationLines(sampleEvaluation, context, plain)

test('accuracy is said in words', () => {
  expect(lines.join('\n')).toContain(
    'for 91 of 100 texts that belong to a route, the best candidate is the right one',
  )
})

test('the calibration chart has a mark in every row, where the bar should end', () => {
  const rows = lines.filter((line) => line.includes('│') && line.includes('█'))
  expect(rows).toHaveLength(2)
  expect(rows[0]!.indexOf('│') - rows[0]!.indexOf('█')).toBe(Math.round(0.42 * 40))
})

test('only as many misses are listed as asked for, the surest first', () => {
  expect(lines.join('\n')).toContain('the surest 1 of 2')
  expect(lines.join('\n')).not.toContain('mild')
})

test('tables fit the terminal', () => {
  const narrow = openTerminal({ json: false, quiet: false, noColor: true, environment: { COLUMNS: '60' } })
  const long = { expected: 'billing', got: 'delivery', count: 1, examples: ['a very long text '.repeat(20)] }
  const table = evaluationLines({ ...sampleEvaluation, confusions: [long] }, context, narrow)
  const row = table.find((line) => line.includes('a very long text'))!
  expect(displayWidth(row)).toBeLessThanOrEqual(60)
})

test('without colours no line carries a control character', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  expect(lines.join('')).not.toMatch(/[\u0000-\u001f]/)
})

test('bins of few texts are joined, without losing a text or moving a mean', () => {
  const bins = Array.from({ length: 12 }, (_, index) => ({
    confidence: index / 12,
    accuracy: index % 2,
    count: 1,
  }))
  const joined = readableBins(bins)
  expect(joined.reduce((sum, bin) => sum + bin.count, 0)).toBe(12)
  for (const bin of joined) expect(bin.count).toBeGreaterThanOrEqual(8)
  const mean = joined.reduce((sum, bin) => sum + bin.confidence * bin.count, 0) / 12
  expect(mean).toBeCloseTo(5.5 / 12)
  expect(readableBins([])).toEqual([])
})

test('text and page say how much calibration error chance alone gives', () => {
  const said = /chance alone gives about (\d+\.\d)% on so few/
  const inText = said.exec(lines.join('\n'))?.[1]
  expect(Number(inText)).toBeGreaterThan(2)
  expect(Number(inText)).toBeLessThan(15)
  expect(said.exec(page)?.[1]).toBe(inText)
})

test('of a fit, chance is what its report says, unless it hardly matters', () => {
  const fitOf = (examples: number, eceCvByChance: number | null) =>
    chanceInFit({
      routes: 3,
      examples,
      accuracyCv: 0.9,
      eceCv: 0.05,
      eceCvByChance,
      thresholds: { default: 0.5 },
      seconds: 1,
      bytes: 1000,
    })
  expect(fitOf(18, 0.1234)).toBe('chance alone gives about 12.3% on so few')
  expect(fitOf(2_000, 0.02)).toContain('on so many')
  expect(fitOf(50_000, 0.004)).toBe('0 is perfect')
  expect(fitOf(18, null)).toBe('0 is perfect')
})
