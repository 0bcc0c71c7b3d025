import type { SseEvent } from './sse.ts'

/**
 * The kind of an event of the Responses and Messages protocols: its `event:` line, or, where a provider leaves that
 * out, the `type` that its data begins with; `error` also where it begins with that.
 */
export function eventType(event: SseEvent): string | undefined {
  if (event.event !== undefined) return event.event
  const type = /^\s*\{\s*"type"\s*:\s*"([^"\\]+)"/.exec(event.data)?.[1]
  return type ?? (/^\s*\{\s*"error"\s*:\s*[{"]/.test(event.data) ? 'error' : undefined)
}
