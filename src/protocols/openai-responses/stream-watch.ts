import type { AnswerKeeper, TokenUsage } from '../../contracts/index.ts'
import type { StreamWatch } from '../caller-protocol.ts'
import { eventType } from '../event-type.ts'
import { streamFailure } from '../http-failure.ts'
import { isObject, objectIn, providerObject, textIn } from '../json-fields.ts'
import type { SseEvent } from '../sse.ts'
import { responsesUsage } from './usage.ts'

/** Where OpenAI and most others have the id of an answer. */
const RESPONSE_ID = /"response"\s*:\s*\{\s*"id"\s*:\s*"([^"\\]+)"/

/** Parses the last event only, as a rule. */
export class ResponsesStreamWatch implements StreamWatch {
  readonly #keeper: AnswerKeeper | undefined
  #usage: TokenUsage | undefined

  constructor(keeper?: AnswerKeeper) {
    this.#keeper = keeper
  }

  see(event: SseEvent): 'go-on' | 'end' {
    switch (eventType(event)) {
      case 'response.created':
        this.#keeper?.answered(idIn(event.data))
        return 'go-on'
      case 'response.completed':
      case 'response.incomplete':
        this.#usage = responsesUsage(objectIn(providerObject(event.data).response).usage)
        return 'end'
      case 'response.failed': {
        const { usage, error } = objectIn(providerObject(event.data).response)
        this.#usage = responsesUsage(usage)
        throw streamFailure(error, { isTold: true })
      }
      case 'error': {
        const told = providerObject(event.data)
        // Documented flat, sent nested.
        throw streamFailure(isObject(told.error) ? told.error : told)
      }
      default:
        return 'go-on'
    }
  }

  usage(): TokenUsage | undefined {
    return this.#usage
  }
}

/** Of the answer that begins. */
function idIn(data: string): string {
  return RESPONSE_ID.exec(data)?.[1] ?? textIn(objectIn(providerObject(data).response).id) ?? ''
}
