import type { Evaluation } from '../../contracts/index.ts'
import type { EvaluatedRow } from './evaluated-row.ts'

const EXAMPLES_SHOWN = 5

/**
 * Every wrong decision (`misses`, surest first), and the same by what was expected and what was answered
 * (`confusions`, most frequent first, with the surest examples).
 */
export function confusionsOf(rows: readonly EvaluatedRow[]): Pick<Evaluation, 'confusions' | 'misses'> {
  const misses = rows
    .filter(({ got, expected }) => got !== expected)
    .map(({ text, expected, got, confidence }) => ({ text, expected, got, confidence }))
    .sort((a, b) => b.confidence - a.confidence)
  const pairs = new Map<
    string,
    { expected: string | null; got: string | null; count: number; examples: string[] }
  >()
  for (const { text, expected, got } of misses) {
    const key = JSON.stringify([expected, got])
    const pair = pairs.get(key) ?? { expected, got, count: 0, examples: [] }
    pairs.set(key, pair)
    pair.count++
    if (pair.examples.length < EXAMPLES_SHOWN) pair.examples.push(text)
  }
  const confusions = [...pairs].sort(([keyA, a], [keyB, b]) => b.count - a.count || (keyA < keyB ? -1 : 1))
  return { confusions: confusions.map(([, pair]) => pair), misses }
}
