import type { TokenUsage } from '../../contracts/index.ts'
import type { StreamWatch } from '../caller-protocol.ts'
import { eventType } from '../event-type.ts'
import { streamFailure } from '../http-failure.ts'
import { isObject, objectIn, providerObject } from '../json-fields.ts'
import type { SseEvent } from '../sse.ts'
import { responsesUsage } from './usage.ts'

/** Parses the last event only. */
export class ResponsesStreamWatch implements StreamWatch {
  #usage: TokenUsage | undefined

  see(event: SseEvent): 'go-on' | 'end' {
    switch (eventType(event)) {
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        this.#usage = responsesUsage(objectIn(providerObject(event.data).response).usage)
        return 'end'
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
