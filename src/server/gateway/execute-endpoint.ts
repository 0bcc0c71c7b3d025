import type { ChatAnswer, ChatRequest } from '../../contracts/index.ts'
import { callerProtocols } from '../../protocols/caller-protocols.ts'
import { canonicalCall } from '../../protocols/canonical/canonical-call.ts'
import { sseText } from '../../protocols/sse.ts'
import { reportOf, rounded } from '../../runtime/execution-report.ts'
import type { Execution } from '../../runtime/runtime.ts'
import { type AnyEndpoint, bodyParser, defineEndpoint } from '../endpoint.ts'
import { errorBody } from '../error-answer.ts'
import { askedFor } from './answer-call.ts'
import { beginModelCall } from './begin-model-call.ts'
import { type ExecuteRequest, executeAnswerSchema, executeRequestSchema } from './execute-schemas.ts'
import { MODEL_ERRORS } from './model-errors.ts'
import { writeEvents } from './write-events.ts'

const parse = bodyParser(executeRequestSchema)

/** A request in the canonical form; `messages` are read as OpenAI's chat completions have them. */
export function chatRequest({ text, messages, context = [], stream, ...rest }: ExecuteRequest): ChatRequest {
  const { temperature, maxOutputTokens, tools } = rest
  const turns = messages ?? [...context, text].map((content) => ({ role: 'user', content }))
  return callerProtocols['openai-chat'].readRequest({
    model: rest.model,
    messages: turns,
    stream,
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxOutputTokens === undefined ? {} : { max_completion_tokens: maxOutputTokens }),
    ...(tools === undefined ? {} : { tools }),
  })
}

/** The text of an answer in the canonical form. */
export const textOf = ({ content }: ChatAnswer): string =>
  content.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('')

function toolCallsOf({ content }: ChatAnswer) {
  const calls = content.flatMap((part) =>
    part.kind === 'tool-call' ? [{ id: part.id, name: part.name, arguments: part.arguments }] : [],
  )
  return calls.length === 0 ? {} : { toolCalls: calls }
}

const headOf = ({ id, decision, deployment, isCoalesced }: Execution) => ({
  executionId: id,
  decision: decision ?? null,
  model: deployment.of,
  provider: deployment.provider.name,
  cache: { status: isCoalesced ? 'coalesced' : 'bypass' },
})

export const executeEndpoint: AnyEndpoint = defineEndpoint<ExecuteRequest>({
  operation: 'execute',
  scope: 'execute',
  method: 'POST',
  path: '/v1/execute',
  tag: 'Models',
  summary: 'Decide where a message goes, and have it answered there.',
  description:
    'Streamed, the events are `execution` (what was decided, and who answers), then pieces of the answer as `delta` (`{"kind": "text", "text": "…"}` and others), then `done` (attempts, usage, cost), or `error`.',
  body: executeRequestSchema,
  example: { text: 'where is my refund?' },
  answers: { 200: { description: 'The answer, and what it took.', schema: executeAnswerSchema } },
  errors: ['invalid_request', 'text_too_long', ...MODEL_ERRORS],
  parse: (body) => parse(body),
  async handle({ app, body, identity, reply }) {
    const { runtime } = await app.gateway()
    const { model, routeSet, session, stream } = body
    const execution = await runtime.execute({
      call: canonicalCall(chatRequest(body), stream),
      model,
      identity,
      signal: beginModelCall(app, reply),
      span: reply.request.span,
      waits: reply.request,
      ...askedFor(reply.request.headers),
      ...(routeSet === undefined ? {} : { routeSet }),
      ...(session === undefined ? {} : { session }),
    })
    const { answer } = execution
    const request = reply.request
    request.execution = execution
    const times = () => {
      const latencyMs = reply.elapsedTime
      return {
        latencyMs: rounded(latencyMs),
        overheadMs: rounded(Math.max(0, latencyMs - request.externalMs)),
      }
    }
    if (answer.kind === 'whole') {
      const chat = JSON.parse(answer.text) as ChatAnswer
      return {
        ...headOf(execution),
        response: textOf(chat),
        ...toolCallsOf(chat),
        finish: chat.finish,
        ...reportOf(execution),
        ...times(),
      }
    }
    const begunMs = reply.elapsedTime
    async function* events(): AsyncGenerator<string> {
      yield sseText('execution', JSON.stringify(headOf(execution)))
      for await (const text of (answer as { events: AsyncIterable<string> }).events) {
        yield text.replaceAll(/^data: /gm, 'event: delta\ndata: ')
      }
      request.externalMs += reply.elapsedTime - begunMs
      yield sseText('done', JSON.stringify({ ...reportOf(execution), ...times() }))
    }
    await writeEvents(
      reply,
      {},
      events(),
      (error) => sseText('error', JSON.stringify(errorBody(error, request.id))),
      app.config.timeouts.betweenEventsMs,
    )
    return undefined
  },
})
