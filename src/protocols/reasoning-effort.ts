/** Tokens of thought that a word for effort stands for, where a model is told tokens. */
const BUDGETS: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 1_024,
  low: 4_096,
  medium: 12_288,
  high: 24_576,
  xhigh: 32_768,
  max: 32_768,
}

/** How many tokens a model may think, by a word for effort; as for `medium` where the word is unknown. */
export function budgetOfEffort(effort: string): number {
  return BUDGETS[effort] ?? 12_288
}

/** The word for effort that comes nearest to a number of tokens. */
export function effortOfBudget(tokens: number): 'none' | 'low' | 'medium' | 'high' {
  if (tokens <= 0) return 'none'
  if (tokens <= 4_096) return 'low'
  return tokens <= 16_384 ? 'medium' : 'high'
}
