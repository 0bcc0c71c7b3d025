import { arrayOf, numberOf, objectOf, stringOf, textOf } from './loose-json.ts'
import type { MockReply } from './mock-reply.ts'
import type { MockError, WireFormat } from './wire-format.ts'

const STATUS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

function errorOf({ status, message, retryAfterMs }: MockError) {
  const retry = {
    '@type': 'type.googleapis.com/google.rpc.RetryInfo',
    retryDelay: `${(retryAfterMs ?? 0) / 1000}s`,
  }
  return {
    error: {
      code: status,
      message,
      status: STATUS[status] ?? 'UNKNOWN',
      ...(retryAfterMs !== undefined && { details: [retry] }),
    },
  }
}

// Lines end with CR and LF there.
const eventOf = (data: object) => `data: ${JSON.stringify(data)}\r\n\r\n`

/** https://ai.google.dev/api/generate-content */
export const googleGenerateContent: WireFormat = {
  errorBody: (error) => JSON.stringify(errorOf(error), undefined, 2),
  errorEvent: (error) => eventOf(errorOf(error)),

  readPrompt(body, url) {
    const [, model = '', method] = /\/models\/([^/?]+):(\w+)(?:\?|$)/.exec(url) ?? []
    const isStreamed = method === 'streamGenerateContent'
    // There, a stream without it is a JSON array that grows.
    if (isStreamed && !/[?&]alt=sse(?:&|$)/.test(url)) return 'The mock streams with ?alt=sse only.'
    if (!Array.isArray(body.contents)) return 'contents is not specified'
    const contents = body.contents.map(objectOf)
    const last = contents.at(-1) ?? {}
    const config = objectOf(body.generationConfig)
    const calling = objectOf(objectOf(body.toolConfig).functionCallingConfig)
    const texts = contents.map(({ parts }) => textOfParts(parts))
    return {
      model: decodeURIComponent(model),
      isStreamed,
      lastText: texts.at(-1) ?? '',
      isFromUser:
        last.role !== 'model' &&
        !arrayOf(last.parts).some((part) => objectOf(part).functionResponse !== undefined),
      characters: texts.reduce(
        (sum, text) => sum + text.length,
        textOf(objectOf(body.systemInstruction).parts).length,
      ),
      tools: arrayOf(body.tools)
        .flatMap((tool) => arrayOf(objectOf(tool).functionDeclarations))
        .map(objectOf)
        .map(({ name, parameters, parametersJsonSchema }) => ({
          name: stringOf(name),
          schema: parametersJsonSchema ?? parameters,
        })),
      forcedTool: calling.mode === 'ANY' ? stringOf(arrayOf(calling.allowedFunctionNames)[0]) : undefined,
      schema:
        config.responseMimeType === 'application/json'
          ? (config.responseJsonSchema ?? config.responseSchema ?? {})
          : undefined,
      maxOutputTokens: numberOf(config.maxOutputTokens),
      wantsReasoning: objectOf(config.thinkingConfig).includeThoughts === true,
    }
  },

  whole: (reply, id) => JSON.stringify(chunkOf(reply, id, partsOf(reply), true), undefined, 2),

  events(reply, id) {
    // Calls come whole; the text as it grows.
    const groups = partsOf(reply).flatMap((part): object[][] =>
      'text' in part && !('thought' in part) && part.text !== ''
        ? reply.pieces.map((text) => [{ text }])
        : [[part]],
    )
    return groups.map((group, index) => eventOf(chunkOf(reply, id, group, index === groups.length - 1)))
  },
}

/** The texts of parts, and the results of tools as JSON. */
function textOfParts(parts: unknown): string {
  return arrayOf(parts)
    .map(objectOf)
    .map(({ text, functionResponse }) =>
      functionResponse === undefined
        ? stringOf(text)
        : JSON.stringify(objectOf(functionResponse).response ?? {}),
    )
    .join('')
}

function partsOf({ reasoning, toolCalls, text }: MockReply) {
  const calls = toolCalls.map((call) => ({
    functionCall: { name: call.name, args: JSON.parse(call.arguments) as unknown },
  }))
  return [
    ...(reasoning === '' ? [] : [{ text: reasoning, thought: true }]),
    ...(calls.length > 0 ? calls : [{ text }]),
  ]
}

const chunkOf = (reply: MockReply, id: string, parts: readonly object[], isLast: boolean) => ({
  candidates: [
    {
      content: { parts, role: 'model' },
      ...(isLast && { finishReason: reply.finish === 'length' ? 'MAX_TOKENS' : 'STOP' }),
      index: 0,
    },
  ],
  usageMetadata: usageOf(reply, isLast),
  modelVersion: reply.model,
  responseId: `mock-${id}`,
})

/** What was thought counts apart from the answer; until the end only the prompt is counted. */
function usageOf({ usage }: MockReply, isLast: boolean) {
  const prompt = {
    promptTokenCount: usage.inputTokens,
    ...(usage.cachedInputTokens > 0 && { cachedContentTokenCount: usage.cachedInputTokens }),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.inputTokens }],
  }
  if (!isLast) return { ...prompt, totalTokenCount: usage.inputTokens }
  return {
    ...prompt,
    candidatesTokenCount: usage.outputTokens - usage.reasoningTokens,
    ...(usage.reasoningTokens > 0 && { thoughtsTokenCount: usage.reasoningTokens }),
    totalTokenCount: usage.inputTokens + usage.outputTokens,
  }
}
