import { describe, expect, it } from 'vitest'
import type { ChatEvent, TokenUsage } from '../contracts/index.ts'
import { anthropicMessagesTranslation } from './anthropic-messages/translation.ts'
import { callerProtocols } from './caller-protocols.ts'
import { googleGeminiTranslation } from './google-gemini/translation.ts'
import { openaiChatTranslation } from './openai-chat/translation.ts'
import { openaiResponsesTranslation } from './openai-responses/translation.ts'
import type { ProviderProtocol } from './provider-protocol.ts'
import { SseParser } from './sse.ts'

// Written after the documented formats: thoughts, text beyond ASCII, two tool calls of which one has no arguments, usage.
const CHAT = `
data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5-mini","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5-mini","choices":[{"index":0,"delta":{"reasoning_content":"Let me see."},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5-mini","choices":[{"index":0,"delta":{"content":"Grüße "},"finish_reason":null}],"usage":null}

: keep-alive

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5-mini","choices":[{"index":0,"delta":{"content":"\\"usage\\": 🎉"},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5-mini","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"weather","arguments":""}}]},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5-mini","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"city\\":"}}]},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5-mini","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\\"Köln\\"}"}}]},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5-mini","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"now","arguments":""}}]},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5-mini","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5-mini","choices":[],"usage":{"prompt_tokens":90,"completion_tokens":40,"total_tokens":130,"prompt_tokens_details":{"cached_tokens":64,"cache_write_tokens":8},"completion_tokens_details":{"reasoning_tokens":12}}}

data: [DONE]

`

const RESPONSES = `
event: response.created
data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":1790000000,"status":"in_progress","error":null,"model":"gpt-5-mini","output":[],"usage":null}}

event: response.in_progress
data: {"type":"response.in_progress","sequence_number":1,"response":{"id":"resp_1","object":"response","created_at":1790000000,"status":"in_progress","error":null,"model":"gpt-5-mini","output":[],"usage":null}}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}}

event: response.reasoning_summary_part.added
data: {"type":"response.reasoning_summary_part.added","sequence_number":3,"item_id":"rs_1","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}}

event: response.reasoning_summary_text.delta
data: {"type":"response.reasoning_summary_text.delta","sequence_number":4,"item_id":"rs_1","output_index":0,"summary_index":0,"delta":"Let me see."}

event: response.output_item.done
data: {"type":"response.output_item.done","sequence_number":5,"output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"Let me see."}],"encrypted_content":"gAAA"}}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":6,"output_index":1,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}}

event: response.content_part.added
data: {"type":"response.content_part.added","sequence_number":7,"item_id":"msg_1","output_index":1,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","sequence_number":8,"item_id":"msg_1","output_index":1,"content_index":0,"delta":"Grüße "}

event: response.output_text.delta
data: {"type":"response.output_text.delta","sequence_number":9,"item_id":"msg_1","output_index":1,"content_index":0,"delta":"\\"usage\\": 🎉"}

event: response.output_text.done
data: {"type":"response.output_text.done","sequence_number":10,"item_id":"msg_1","output_index":1,"content_index":0,"text":"Grüße \\"usage\\": 🎉"}

event: response.output_item.done
data: {"type":"response.output_item.done","sequence_number":11,"output_index":1,"item":{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Grüße \\"usage\\": 🎉","annotations":[]}]}}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":12,"output_index":2,"item":{"id":"fc_1","type":"function_call","status":"in_progress","arguments":"","call_id":"call_a","name":"weather"}}

event: response.function_call_arguments.delta
data: {"type":"response.function_call_arguments.delta","sequence_number":13,"item_id":"fc_1","output_index":2,"delta":"{\\"city\\":"}

event: response.function_call_arguments.delta
data: {"type":"response.function_call_arguments.delta","sequence_number":14,"item_id":"fc_1","output_index":2,"delta":"\\"Köln\\"}"}

event: response.function_call_arguments.done
data: {"type":"response.function_call_arguments.done","sequence_number":15,"item_id":"fc_1","output_index":2,"name":"weather","arguments":"{\\"city\\":\\"Köln\\"}"}

event: response.output_item.done
data: {"type":"response.output_item.done","sequence_number":16,"output_index":2,"item":{"id":"fc_1","type":"function_call","status":"completed","arguments":"{\\"city\\":\\"Köln\\"}","call_id":"call_a","name":"weather"}}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":17,"output_index":3,"item":{"id":"fc_2","type":"function_call","status":"in_progress","arguments":"","call_id":"call_b","name":"now"}}

event: response.output_item.done
data: {"type":"response.output_item.done","sequence_number":18,"output_index":3,"item":{"id":"fc_2","type":"function_call","status":"completed","arguments":"","call_id":"call_b","name":"now"}}

event: response.completed
data: {"type":"response.completed","sequence_number":19,"response":{"id":"resp_1","object":"response","created_at":1790000000,"status":"completed","error":null,"incomplete_details":null,"model":"gpt-5-mini","output":[],"usage":{"input_tokens":90,"input_tokens_details":{"cached_tokens":64,"cache_write_tokens":8},"output_tokens":40,"output_tokens_details":{"reasoning_tokens":12},"total_tokens":130}}}

`

const MESSAGES = `
event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-6","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":18,"cache_creation_input_tokens":8,"cache_read_input_tokens":64,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

event: ping
data: {"type":"ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Let me see."}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQB"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"xyz"}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: content_block_start
data: {"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"Grüße "}}

event: content_block_delta
data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"\\"usage\\": 🎉"}}

event: content_block_stop
data: {"type":"content_block_stop","index":2}

event: content_block_start
data: {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"call_a","name":"weather","input":{}}}

event: content_block_delta
data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\\"city\\":"}}

event: content_block_delta
data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"\\"Köln\\"}"}}

event: content_block_stop
data: {"type":"content_block_stop","index":3}

event: content_block_start
data: {"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"call_b","name":"now","input":{}}}

event: content_block_stop
data: {"type":"content_block_stop","index":4}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":40,"output_tokens_details":{"thinking_tokens":12}}}

event: message_stop
data: {"type":"message_stop"}

`

const GEMINI = `
data: {"candidates":[{"content":{"parts":[{"text":"Let me see.","thought":true}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":90,"totalTokenCount":90},"modelVersion":"gemini-3-flash","responseId":"r1"}

data: {"candidates":[{"content":{"parts":[{"text":"Grüße "}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":90,"candidatesTokenCount":3,"totalTokenCount":93},"modelVersion":"gemini-3-flash","responseId":"r1"}

data: {"candidates":[{"content":{"parts":[{"text":"\\"usage\\": 🎉"}],"role":"model"},"index":0}],"modelVersion":"gemini-3-flash","responseId":"r1"}

data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"weather","args":{"city":"Köln"}},"thoughtSignature":"EjQK"},{"functionCall":{"id":"call_b","name":"now","args":{}}}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":90,"candidatesTokenCount":28,"thoughtsTokenCount":12,"cachedContentTokenCount":64,"totalTokenCount":130},"modelVersion":"gemini-3-flash","responseId":"r1"}

`

const USAGE: TokenUsage = {
  inputTokens: 90,
  cachedInputTokens: 64,
  cacheWriteTokens: 8,
  outputTokens: 40,
  reasoningTokens: 12,
}

const SAID: readonly ChatEvent[] = [
  { kind: 'text', index: 1, text: 'Grüße ' },
  { kind: 'text', index: 1, text: '"usage": 🎉' },
]

const CALLED: readonly ChatEvent[] = [
  { kind: 'tool-call', index: 2, id: 'call_a', name: 'weather' },
  { kind: 'tool-arguments', index: 2, json: '{"city":' },
  { kind: 'tool-arguments', index: 2, json: '"Köln"}' },
  { kind: 'tool-call', index: 3, id: 'call_b', name: 'now' },
]

interface Recorded {
  readonly protocol: ProviderProtocol
  readonly stream: string
  readonly events: readonly ChatEvent[]
}

const RECORDED: Readonly<Record<string, Recorded>> = {
  'openai-chat': {
    protocol: openaiChatTranslation,
    stream: CHAT,
    events: [
      { kind: 'start', id: 'chatcmpl-1', model: 'gpt-5-mini', createdAt: 1_790_000_000 },
      { kind: 'reasoning', index: 0, text: 'Let me see.' },
      ...SAID,
      ...CALLED,
      { kind: 'finish', reason: 'tool-calls', usage: USAGE },
    ],
  },
  'openai-responses': {
    protocol: openaiResponsesTranslation,
    stream: RESPONSES,
    events: [
      { kind: 'start', id: 'resp_1', model: 'gpt-5-mini', createdAt: 1_790_000_000 },
      { kind: 'reasoning', index: 0, text: 'Let me see.' },
      { kind: 'reasoning', index: 0, text: '', signature: 'openai:gAAA' },
      ...SAID,
      ...CALLED,
      { kind: 'finish', reason: 'tool-calls', usage: USAGE },
    ],
  },
  'anthropic-messages': {
    protocol: anthropicMessagesTranslation,
    stream: MESSAGES,
    events: [
      { kind: 'start', id: 'msg_1', model: 'claude-sonnet-4-6', createdAt: 7 },
      { kind: 'reasoning', index: 0, text: 'Let me see.' },
      { kind: 'reasoning', index: 0, text: '', signature: 'anthropic:EqQB' },
      ...SAID,
      ...CALLED,
      { kind: 'finish', reason: 'tool-calls', usage: USAGE },
    ],
  },
  'google-gemini': {
    protocol: googleGeminiTranslation,
    stream: GEMINI,
    events: [
      { kind: 'start', id: 'r1', model: 'gemini-3-flash', createdAt: 7 },
      { kind: 'reasoning', index: 0, text: 'Let me see.' },
      ...SAID,
      { kind: 'reasoning', index: 2, text: '', signature: 'google:EjQK' },
      { kind: 'tool-call', index: 3, id: 'call_r1_3', name: 'weather' },
      { kind: 'tool-arguments', index: 3, json: '{"city":"Köln"}' },
      { kind: 'tool-call', index: 4, id: 'call_b', name: 'now' },
      { kind: 'tool-arguments', index: 4, json: '{}' },
      { kind: 'finish', reason: 'tool-calls', usage: { ...USAGE, cacheWriteTokens: 0 } },
    ],
  },
}

function read(protocol: ProviderProtocol, chunks: readonly Uint8Array[]): ChatEvent[] {
  const parser = new SseParser()
  const reader = protocol.eventReader(7)
  const events = chunks.flatMap((chunk) => parser.push(chunk)).flatMap((event) => reader.read(event))
  parser.end()
  return [...events, ...reader.end()]
}

const encoder = new TextEncoder()

describe.each(Object.entries(RECORDED))('a recorded %s stream', (name, { protocol, stream, events }) => {
  it.each([
    ['line feeds', '\n'],
    ['carriage returns and line feeds', '\r\n'],
  ])('is read alike with %s, whole and cut at every byte', (_ends, lineEnd) => {
    const bytes = encoder.encode(stream.trimStart().replaceAll('\n', lineEnd))
    expect(read(protocol, [bytes])).toEqual(events)
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const cutEvents = read(protocol, [bytes.subarray(0, cut), bytes.subarray(cut)])
      // One deep comparison for thousands of cuts would take seconds.
      expect(JSON.stringify(cutEvents)).toBe(JSON.stringify(events))
    }
    expect(
      read(
        protocol,
        Array.from(bytes, (byte) => Uint8Array.of(byte)),
      ),
    ).toEqual(events)
  })

  it('fails as truncated wherever it breaks off', () => {
    const blocks = stream.trimStart().split('\n\n').slice(0, -1)
    for (let count = 0; count < blocks.length; count += 1) {
      const part = encoder.encode(
        blocks
          .slice(0, count)
          .map((block) => `${block}\n\n`)
          .join(''),
      )
      expect(() => read(protocol, [part])).toThrow(expect.objectContaining({ outcome: 'truncated' }))
    }
  })

  it('is read alike with events between that nobody knows', () => {
    const unknown = 'event: unheard.of\ndata: {"type":"unheard.of","value":1}\n\n'
    const blocks = stream.trimStart().split('\n\n').slice(0, -1)
    const text = blocks.map((block) => `${unknown}${block}\n\n`).join('')
    expect(read(protocol, [encoder.encode(text)])).toEqual(events)
  })

  it.each(['{"half":', '[]', 'null', '"text"'])('fails as malformed where an event is %s', (data) => {
    const text = stream.trimStart().replace(/data: \{.*/, `data: ${data}`)
    expect(() => read(protocol, [encoder.encode(text)])).toThrow(
      expect.objectContaining({ outcome: 'malformed' }),
    )
  })

  if (name === 'google-gemini') return
  const caller = callerProtocols[name as keyof typeof callerProtocols]

  it('is watched to its end, and its usage noted', () => {
    const parser = new SseParser()
    const watch = caller.streamWatch({ stream: true })
    const verdicts = parser.push(encoder.encode(stream.trimStart())).map((event) => watch.see(event))
    expect(verdicts.lastIndexOf('end')).toBe(verdicts.length - 1)
    expect(verdicts.indexOf('end')).toBe(verdicts.length - 1)
    // Only of chat completions is the usage something that a caller must ask for.
    expect(verdicts.filter((verdict) => verdict === 'drop')).toHaveLength(name === 'openai-chat' ? 1 : 0)
    expect(watch.usage()).toEqual(USAGE)
  })

  it('is written and read again as the same answer', () => {
    const asksForUsage = name === 'openai-chat' ? { stream_options: { include_usage: true } } : {}
    const writer = caller.eventWriter(caller.readRequest(asksForUsage))
    const text = events.map((event) => writer.write(event)).join('')
    expect(read(protocol, [encoder.encode(text)])).toEqual(events)
  })
})
