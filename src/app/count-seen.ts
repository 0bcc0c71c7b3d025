import type { FitInputs, LabelledText, RouteSet } from '../contracts/index.ts'
import { ownTexts } from '../core/training-texts.ts'
import { labelledRows } from './labelled-rows.ts'

/**
 * How many of the rows say what a version has learned from, word for word: a text of its route set, or a labelled row
 * that it was fitted with.
 */
export function countSeen(
  rows: readonly LabelledText[],
  routeSet: RouteSet,
  inputs: FitInputs | null,
): number {
  const learned = new Set(ownTexts(routeSet))
  for (const { text } of labelledRows(inputs)) learned.add(text)
  return rows.filter(({ text }) => learned.has(text)).length
}
