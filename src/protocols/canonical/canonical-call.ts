import type { ChatRequest, JsonObject, ModelCall } from '../../contracts/index.ts'

/** A call of somebody in this process, who speaks the canonical form. */
export const canonicalCall = (request: ChatRequest, stream: boolean): ModelCall => ({
  protocol: 'canonical',
  // Its fields are those of an object like any other; only its type has no open end.
  body: request as unknown as JsonObject,
  stream,
})
