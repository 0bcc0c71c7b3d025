import type { JsonObject } from '../../contracts/index.ts'
import { arrayOf, numberOf, objectOf, stringOf, textOf } from './loose-json.ts'
import { inTwo, type MockReply } from './mock-reply.ts'
import { openAiResponsesErrors } from './openai-errors.ts'
import { CREATED_AT, type WireFormat } from './wire-format.ts'

/** https://platform.openai.com/docs/api-reference/responses */
export const openAiResponses: WireFormat = {
  ...openAiResponsesErrors,

  readPrompt(body) {
    if (stringOf(body.model) === '') return "Missing required parameter: 'model'."
    if (typeof body.input !== 'string' && !Array.isArray(body.input)) {
      return "Missing required parameter: 'input'."
    }
    const items =
      typeof body.input === 'string'
        ? [{ role: 'user', content: body.input }]
        : arrayOf(body.input).map(objectOf)
    const texts = items.map((item) => textOf(item.content ?? item.output))
    const format = objectOf(objectOf(body.text).format)
    return {
      model: stringOf(body.model),
      isStreamed: body.stream === true,
      lastText: texts.at(-1) ?? '',
      isFromUser: objectOf(items.at(-1)).role === 'user',
      characters: texts.reduce((sum, text) => sum + text.length, stringOf(body.instructions).length),
      tools: arrayOf(body.tools)
        .map(objectOf)
        .filter(({ type }) => type === 'function')
        .map(({ name, parameters }) => ({ name: stringOf(name), schema: parameters })),
      forcedTool:
        body.tool_choice === 'required' ? '' : stringOf(objectOf(body.tool_choice).name) || undefined,
      schema: format.type === 'json_schema' ? format.schema : format.type === 'json_object' ? {} : undefined,
      maxOutputTokens: numberOf(body.max_output_tokens),
      wantsReasoning: stringOf(objectOf(body.reasoning).summary) !== '',
    }
  },

  whole: (reply, id, body) =>
    JSON.stringify(responseOf(reply, id, body, reply.finish === 'length' ? 'incomplete' : 'completed')),

  events(reply, id, body) {
    const events: string[] = []
    const add = (type: string, fields: object) => {
      const event = { type, sequence_number: events.length, ...fields }
      events.push(`event: ${type}\ndata: ${JSON.stringify(event)}\n\n`)
    }
    const begun = responseOf({ ...reply, text: '', toolCalls: [], reasoning: '' }, id, body, 'in_progress')
    add('response.created', { response: begun })
    add('response.in_progress', { response: begun })
    for (const [output_index, item] of outputOf(reply, id).entries()) {
      addItem(add, item, output_index, reply)
    }
    const status = reply.finish === 'length' ? 'incomplete' : 'completed'
    add(`response.${status}`, { response: responseOf(reply, id, body, status) })
    return events
  },
}

type Add = (type: string, fields: object) => void
type OutputItem = ReturnType<typeof outputOf>[number]

function addItem(add: Add, item: OutputItem, output_index: number, reply: MockReply): void {
  const at = { item_id: item.id, output_index }
  const begun = { ...item, ...(item.type !== 'reasoning' && { status: 'in_progress' }) }
  switch (item.type) {
    case 'reasoning': {
      const part = { ...at, summary_index: 0 }
      add('response.output_item.added', { output_index, item: { ...begun, summary: [] } })
      add('response.reasoning_summary_part.added', { ...part, part: { type: 'summary_text', text: '' } })
      for (const delta of inTwo(reply.reasoning)) {
        add('response.reasoning_summary_text.delta', { ...part, delta })
      }
      add('response.reasoning_summary_text.done', { ...part, text: reply.reasoning })
      add('response.reasoning_summary_part.done', { ...part, part: item.summary[0] })
      break
    }
    case 'message': {
      const part = { ...at, content_index: 0 }
      add('response.output_item.added', { output_index, item: { ...begun, content: [] } })
      add('response.content_part.added', { ...part, part: { ...item.content[0], text: '' } })
      for (const delta of reply.pieces) add('response.output_text.delta', { ...part, delta, logprobs: [] })
      add('response.output_text.done', { ...part, text: reply.text, logprobs: [] })
      add('response.content_part.done', { ...part, part: item.content[0] })
      break
    }
    case 'function_call':
      add('response.output_item.added', { output_index, item: { ...begun, arguments: '' } })
      for (const delta of inTwo(item.arguments)) {
        add('response.function_call_arguments.delta', { ...at, delta })
      }
      add('response.function_call_arguments.done', { ...at, arguments: item.arguments })
  }
  add('response.output_item.done', { output_index, item })
}

function outputOf({ reasoning, toolCalls, text, finish }: MockReply, id: string) {
  const thought = {
    type: 'reasoning' as const,
    id: `rs_${id}`,
    summary: [{ type: 'summary_text', text: reasoning }],
  }
  const message = {
    type: 'message' as const,
    id: `msg_${id}`,
    status: finish === 'length' ? 'incomplete' : 'completed',
    role: 'assistant',
    content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
  }
  const calls = toolCalls.map((call, index) => ({
    type: 'function_call' as const,
    id: `fc_${id}_${index}`,
    call_id: `call_${id}_${index}`,
    status: 'completed',
    ...call,
  }))
  return [...(reasoning === '' ? [] : [thought]), ...(calls.length > 0 ? calls : [message])]
}

function responseOf(
  reply: MockReply,
  id: string,
  body: JsonObject,
  status: 'in_progress' | 'completed' | 'incomplete',
) {
  const { usage } = reply
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: CREATED_AT,
    status,
    background: false,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model: reply.model,
    output: status === 'in_progress' ? [] : outputOf(reply, id),
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: body.reasoning ?? { effort: null, summary: null },
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: body.text ?? { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    usage:
      status === 'in_progress'
        ? null
        : {
            input_tokens: usage.inputTokens,
            input_tokens_details: {
              cached_tokens: usage.cachedInputTokens,
              cache_write_tokens: usage.cacheWriteTokens,
            },
            output_tokens: usage.outputTokens,
            output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
            total_tokens: usage.inputTokens + usage.outputTokens,
          },
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  }
}
