import type { LanguageModelV4StreamPart, SharedV4Warning } from '@ai-sdk/provider'
import type { ChatEvent } from '../contracts/index.ts'
import type { ExecutionStream } from '../library/execution-types.ts'
import { finishOf, metadataOf, signed, usageOf } from './answer-parts.ts'

type Part = LanguageModelV4StreamPart

/** A part of an answer that has begun. */
interface OpenPart {
  readonly kind: 'text' | 'reasoning' | 'tool-call'
  readonly id: string
  readonly toolName: string
  input: string
  signature: string | undefined
}

/**
 * A streamed answer as the AI SDK reads it. What breaks it off is told by a part, as the SDK wants it; what the caller
 * aborted ends it with the reason of the signal.
 */
export function partsStream(
  execution: ExecutionStream,
  warnings: SharedV4Warning[],
  signal: AbortSignal | undefined,
): ReadableStream<Part> {
  const source = execution[Symbol.asyncIterator]()
  const parts = partsOf(execution, source, warnings)
  return new ReadableStream<Part>({
    async pull(controller) {
      try {
        const { done, value } = await parts.next()
        if (done === true) controller.close()
        else controller.enqueue(value)
      } catch (error) {
        if (signal?.aborted) throw error
        controller.enqueue({ type: 'error', error })
        controller.close()
      }
    },
    async cancel() {
      await source.return?.()
    },
  })
}

async function* partsOf(
  execution: ExecutionStream,
  source: AsyncIterator<ChatEvent>,
  warnings: SharedV4Warning[],
): AsyncGenerator<Part, void> {
  yield { type: 'stream-start', warnings }
  yield {
    type: 'response-metadata',
    id: execution.executionId,
    modelId: execution.model,
    timestamp: new Date(),
  }
  const open = new OpenParts()
  for (;;) {
    const { done, value } = await source.next()
    if (done === true) break
    yield* open.read(value)
  }
  const result = await execution.result
  yield {
    type: 'finish',
    finishReason: finishOf(result.finish),
    usage: usageOf(result.usage),
    providerMetadata: metadataOf(result),
  }
}

/** Tells where parts begin and end, which the canonical events leave to their reader. */
class OpenParts {
  readonly #open = new Map<number, OpenPart>()
  #begun = 0

  read(event: ChatEvent): Part[] {
    switch (event.kind) {
      case 'start':
        return []
      case 'text':
      case 'reasoning': {
        const { kind, index, text } = event
        const parts: Part[] = []
        let part = this.#open.get(index)
        if (part === undefined) {
          parts.push(...this.#endTexts())
          part = this.#begin(index, kind, String(this.#begun++), '')
          parts.push({ type: `${kind}-start`, id: part.id })
        }
        if (event.kind === 'reasoning') part.signature = event.signature ?? part.signature
        if (text !== '') parts.push({ type: `${kind}-delta`, id: part.id, delta: text })
        return parts
      }
      case 'tool-call': {
        const { index, id, name } = event
        const ended = this.#endTexts()
        this.#begin(index, 'tool-call', id, name)
        return [...ended, { type: 'tool-input-start', id, toolName: name }]
      }
      case 'tool-arguments': {
        const part = this.#open.get(event.index)
        if (part === undefined || event.json === '') return []
        part.input += event.json
        return [{ type: 'tool-input-delta', id: part.id, delta: event.json }]
      }
      case 'finish':
        return [...this.#open].flatMap(([index, part]) => this.#end(index, part))
    }
  }

  #begin(index: number, kind: OpenPart['kind'], id: string, toolName: string): OpenPart {
    const part: OpenPart = { kind, id, toolName, input: '', signature: undefined }
    this.#open.set(index, part)
    return part
  }

  /** Tools may be called side by side; texts come one after the other. */
  #endTexts(): Part[] {
    return [...this.#open].flatMap(([index, part]) =>
      part.kind === 'tool-call' ? [] : this.#end(index, part),
    )
  }

  #end(index: number, { kind, id, toolName, input, signature }: OpenPart): Part[] {
    this.#open.delete(index)
    if (kind === 'text') return [{ type: 'text-end', id }]
    if (kind === 'reasoning') return [{ type: 'reasoning-end', id, ...signed(signature) }]
    return [
      { type: 'tool-input-end', id },
      { type: 'tool-call', toolCallId: id, toolName, input: input === '' ? '{}' : input },
    ]
  }
}
