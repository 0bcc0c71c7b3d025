import type { ChatEvent, JsonObject, TokenUsage } from '../../contracts/index.ts'
import { ProviderFailure } from '../../errors/index.ts'
import { streamFailure } from '../http-failure.ts'
import { given, isObject, objectIn, objectsIn, providerObject, textIn } from '../json-fields.ts'
import type { ChatEventReader } from '../provider-protocol.ts'
import { signedBy } from '../signatures.ts'
import type { SseEvent } from '../sse.ts'
import { truncated } from '../truncated.ts'
import { readGeminiFinish } from './finish.ts'
import { geminiUsage } from './usage.ts'

/** Reads the pieces of a `streamGenerateContent` answer; there is no event for its end, which is the end of the stream. */
export class GeminiReader implements ChatEventReader {
  readonly #createdAt: number
  #id = ''
  #started = false
  #parts = 0
  #open: 'text' | 'reasoning' | undefined
  #callsTools = false
  #finish: string | undefined
  #usage: TokenUsage | undefined

  constructor(createdAt = 0) {
    this.#createdAt = createdAt
  }

  read(event: SseEvent): readonly ChatEvent[] {
    return this.readPiece(providerObject(event.data))
  }

  /** @param piece a `GenerateContentResponse` */
  readPiece(piece: JsonObject): readonly ChatEvent[] {
    if (isObject(piece.error)) throw streamFailure(piece.error)
    const events: ChatEvent[] = []
    this.#usage = geminiUsage(piece.usageMetadata) ?? this.#usage
    const candidate = objectsIn(piece.candidates)[0]
    const blocked = textIn(objectIn(piece.promptFeedback).blockReason)
    if (candidate === undefined && blocked === undefined) return events
    if (!this.#started) {
      this.#started = true
      this.#id = textIn(piece.responseId) ?? ''
      const model = textIn(piece.modelVersion) ?? ''
      events.push({ kind: 'start', id: this.#id, model, createdAt: this.#createdAt })
    }
    for (const part of objectsIn(objectIn(candidate?.content).parts)) this.#readPart(part, events)
    this.#finish = textIn(candidate?.finishReason) ?? (blocked === undefined ? this.#finish : 'SAFETY')
    return events
  }

  end(): readonly ChatEvent[] {
    if (this.#finish === undefined) throw truncated()
    const reason = readGeminiFinish(this.#finish, this.#callsTools)
    return [given<ChatEvent & { kind: 'finish' }>({ kind: 'finish', reason, usage: this.#usage })]
  }

  #readPart(part: JsonObject, events: ChatEvent[]): void {
    const signature = textIn(part.thoughtSignature)
    const text = textIn(part.text)
    if (isObject(part.functionCall)) {
      if (signature) this.#sign(signature, events)
      this.#readCall(part.functionCall, events)
      return
    }
    if (part.thought === true) {
      if (text) events.push({ kind: 'reasoning', index: this.#partOf('reasoning'), text })
      if (signature) this.#sign(signature, events)
      return
    }
    // The signature of a text is wanted back nowhere: only those of tool calls are.
    if (text) events.push({ kind: 'text', index: this.#partOf('text'), text })
  }

  /** A signature goes with the thoughts before it, or with thoughts that are not told. */
  #sign(signature: string, events: ChatEvent[]): void {
    const index = this.#partOf('reasoning')
    this.#open = undefined
    events.push({ kind: 'reasoning', index, text: '', signature: signedBy('google', signature) })
  }

  #partOf(kind: 'text' | 'reasoning'): number {
    if (this.#open !== kind) {
      this.#open = kind
      this.#parts += 1
    }
    return this.#parts - 1
  }

  #readCall(call: JsonObject, events: ChatEvent[]): void {
    const name = textIn(call.name)
    if (name === undefined) {
      throw new ProviderFailure('malformed', 'Expected `name` in a function call of the provider.')
    }
    const index = this.#parts
    this.#parts += 1
    this.#open = undefined
    this.#callsTools = true
    const id = textIn(call.id) ?? `call_${this.#id}_${index}`
    events.push(
      { kind: 'tool-call', index, id, name },
      { kind: 'tool-arguments', index, json: JSON.stringify(call.args ?? {}) },
    )
  }
}
