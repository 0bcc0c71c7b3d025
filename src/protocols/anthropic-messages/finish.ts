import type { FinishReason } from '../../contracts/index.ts'

const STOP_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
}

/** Why a message ended, in the words of Anthropic. */
export function stopReason(reason: FinishReason): string {
  return STOP_REASONS[reason]
}

/** Why a message ended; what is not known counts as an end of its own. */
export function readStopReason(reason: unknown): FinishReason {
  switch (reason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length'
    case 'tool_use':
      return 'tool-calls'
    case 'refusal':
      return 'content-filter'
    default:
      return 'stop'
  }
}
