import { arrayOf, numberOf, objectOf, stringOf, textOf } from './loose-json.ts'
import { inTwo, type MockReply } from './mock-reply.ts'
import { openAiErrors } from './openai-errors.ts'
import { CREATED_AT, type WireFormat } from './wire-format.ts'

const FINISH = { stop: 'stop', length: 'length', tools: 'tool_calls' } as const

/** https://platform.openai.com/docs/api-reference/chat */
export const openAiChat: WireFormat = {
  ...openAiErrors,

  readPrompt(body) {
    if (stringOf(body.model) === '') return "Missing required parameter: 'model'."
    if (!Array.isArray(body.messages)) return "Missing required parameter: 'messages'."
    const messages = body.messages.map(objectOf)
    const last = messages.at(-1) ?? {}
    const format = objectOf(body.response_format)
    return {
      model: stringOf(body.model),
      isStreamed: body.stream === true,
      lastText: textOf(last.content),
      isFromUser: last.role === 'user',
      characters: messages.reduce((sum, { content }) => sum + textOf(content).length, 0),
      tools: arrayOf(body.tools)
        .map((tool) => objectOf(objectOf(tool).function))
        .map(({ name, parameters }) => ({ name: stringOf(name), schema: parameters })),
      forcedTool:
        body.tool_choice === 'required'
          ? ''
          : stringOf(objectOf(objectOf(body.tool_choice).function).name) || undefined,
      schema:
        format.type === 'json_schema'
          ? objectOf(format.json_schema).schema
          : format.type === 'json_object'
            ? {}
            : undefined,
      maxOutputTokens: numberOf(body.max_completion_tokens) ?? numberOf(body.max_tokens),
      // This interface keeps it to itself.
      wantsReasoning: false,
    }
  },

  whole(reply, id) {
    const calls = reply.toolCalls.map((call, index) => ({
      id: callId(id, index),
      type: 'function',
      function: call,
    }))
    return JSON.stringify({
      id: `chatcmpl-${id}`,
      object: 'chat.completion',
      created: CREATED_AT,
      model: reply.model,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: calls.length > 0 ? null : reply.text,
            ...(calls.length > 0 && { tool_calls: calls }),
            refusal: null,
            annotations: [],
          },
          logprobs: null,
          finish_reason: FINISH[reply.finish],
        },
      ],
      usage: usageOf(reply),
      service_tier: 'default',
      system_fingerprint: 'fp_mock',
    })
  },

  events(reply, id, body) {
    const hasUsage = objectOf(body.stream_options).include_usage === true
    const head =
      `data: {"id":"chatcmpl-${id}","object":"chat.completion.chunk","created":${CREATED_AT},` +
      `"model":${JSON.stringify(reply.model)},"service_tier":"default","system_fingerprint":"fp_mock",`
    const chunk = (delta: string, finish = 'null') =>
      `${head}"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]` +
      `${hasUsage ? ',"usage":null' : ''}}\n\n`
    const first = reply.toolCalls.length > 0 ? 'null' : '""'
    return [
      chunk(`{"role":"assistant","content":${first},"refusal":null}`),
      ...reply.pieces.map((piece) => chunk(`{"content":${JSON.stringify(piece)}}`)),
      ...reply.toolCalls.flatMap((call, index) => [
        chunk(
          JSON.stringify({
            tool_calls: [
              {
                index,
                id: callId(id, index),
                type: 'function',
                function: { name: call.name, arguments: '' },
              },
            ],
          }),
        ),
        ...inTwo(call.arguments).map((part) =>
          chunk(JSON.stringify({ tool_calls: [{ index, function: { arguments: part } }] })),
        ),
      ]),
      chunk('{}', `"${FINISH[reply.finish]}"`),
      ...(hasUsage ? [`${head}"choices":[],"usage":${JSON.stringify(usageOf(reply))}}\n\n`] : []),
      'data: [DONE]\n\n',
    ]
  },
}

const callId = (id: string, index: number) => `call_${id}_${index}`

function usageOf({ usage }: MockReply) {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}
