import type { TokenUsage } from '../../contracts/index.ts'
import type { StreamWatch } from '../caller-protocol.ts'
import { eventType } from '../event-type.ts'
import { streamFailure } from '../http-failure.ts'
import { objectIn, providerObject } from '../json-fields.ts'
import type { SseEvent } from '../sse.ts'
import { messagesUsage } from './usage.ts'

/** Parses the first event and the last but one, which have the usage. */
export class MessagesStreamWatch implements StreamWatch {
  #usage: TokenUsage | undefined

  see(event: SseEvent): 'go-on' | 'end' {
    switch (eventType(event)) {
      case 'message_start':
        this.#usage = messagesUsage(objectIn(providerObject(event.data).message).usage)
        return 'go-on'
      case 'message_delta':
        this.#usage = messagesUsage(providerObject(event.data).usage, this.#usage)
        return 'go-on'
      case 'message_stop':
        return 'end'
      case 'error':
        throw streamFailure(providerObject(event.data).error)
      default:
        return 'go-on'
    }
  }

  usage(): TokenUsage | undefined {
    return this.#usage
  }
}
