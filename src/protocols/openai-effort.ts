import type { ChatRequest } from '../contracts/index.ts'
import { effortOfBudget } from './reasoning-effort.ts'

/** The word for effort among those that OpenAI knows. */
export function openaiEffort(reasoning: ChatRequest['reasoning']): string | undefined {
  const { effort, budgetTokens } = reasoning ?? {}
  if (effort === undefined) return budgetTokens === undefined ? undefined : effortOfBudget(budgetTokens)
  return effort === 'max' ? 'xhigh' : effort
}
