import type {
  AnswerKeeper,
  ChatAnswer,
  ChatRequest,
  FinishReason,
  JsonObject,
  ResponseFormat,
} from '../../contracts/index.ts'
import { openaiEffort } from '../openai-effort.ts'
import { itemId, outputItem } from './output-items.ts'
import { responsesUsageObject } from './usage.ts'

/** The body of a response. */
export function writeResponsesAnswer(
  answer: ChatAnswer,
  request: ChatRequest,
  keeper?: AnswerKeeper,
): JsonObject {
  keeper?.answered(answer.id)
  const output = answer.content.map((part, index) => {
    const id = itemId(answer.id, part, index, keeper)
    const item = outputItem(part, id, 'completed')
    keeper?.keep(id, item)
    return item
  })
  return responseObject(answer, request, {
    ...ending(answer.finish),
    output,
    usage: answer.usage === undefined ? null : responsesUsageObject(answer.usage),
  })
}

/** How a response ended. */
export function ending(reason: FinishReason): JsonObject {
  if (reason === 'stop' || reason === 'tool-calls') return { status: 'completed', incomplete_details: null }
  const why = reason === 'length' ? 'max_output_tokens' : 'content_filter'
  return { status: 'incomplete', incomplete_details: { reason: why } }
}

/** A response with what it was asked for. */
export function responseObject(
  { id, model, createdAt }: Pick<ChatAnswer, 'id' | 'model' | 'createdAt'>,
  request: ChatRequest,
  state: JsonObject,
): JsonObject {
  const { toolChoice = 'auto', tools = [] } = request
  return {
    id,
    object: 'response',
    created_at: createdAt,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: request.maxOutputTokens ?? null,
    model,
    output: [],
    parallel_tool_calls: request.parallelToolCalls ?? true,
    previous_response_id: null,
    reasoning: { effort: openaiEffort(request.reasoning) ?? null, summary: null },
    store: false,
    temperature: request.temperature ?? null,
    text: { format: formatObject(request.responseFormat) },
    tool_choice: typeof toolChoice === 'string' ? toolChoice : { type: 'function', name: toolChoice.name },
    tools: tools.map((tool) => ({
      type: 'function',
      name: tool.name,
      description: tool.description ?? null,
      parameters: tool.parameters ?? null,
      strict: tool.strict ?? null,
    })),
    top_p: request.topP ?? null,
    truncation: 'disabled',
    usage: null,
    user: request.user ?? null,
    metadata: {},
    ...state,
  }
}

/** How the answer is to be formed, in the words of the Responses protocol. */
export function formatObject(format: ResponseFormat | undefined): JsonObject {
  if (format === undefined) return { type: 'text' }
  if (format.kind !== 'schema') return { type: format.kind === 'json' ? 'json_object' : 'text' }
  const { name, schema, strict } = format
  return { type: 'json_schema', name, schema, ...(strict === undefined ? {} : { strict }) }
}
