import type { SseEvent } from './sse.ts'

/**
 * The kind of an event of the Responses and Messages protocols: its `event:` line, or, where a provider leaves that
 * out, the `type` that its data begins with.
 */
export function eventType(event: SseEvent): string | undefined {
  return event.event ?? /^\s*\{\s*"type"\s*:\s*"([^"\\]+)"/.exec(event.data)?.[1]
}
