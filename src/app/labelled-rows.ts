import type { FitInputs, LabelledText } from '../contracts/index.ts'

/** The rows that fit inputs come to: of each text the last word, where it was last said. */
export function labelledRows(inputs: FitInputs | null | undefined): readonly LabelledText[] {
  const rows = new Map<string, LabelledText>()
  for (const { text, route } of [...(inputs?.data ?? []), ...(inputs?.feedback ?? [])]) {
    rows.delete(text)
    rows.set(text, { text, route })
  }
  return [...rows.values()]
}
