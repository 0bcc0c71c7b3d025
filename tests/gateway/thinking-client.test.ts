import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { lastBody, serveClients } from './client-gateway.ts'

let served: Awaited<ReturnType<typeof serveClients>>
let openai: OpenAI
let anthropic: Anthropic
beforeAll(async () => {
  served = await serveClients()
  openai = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: served.key, maxRetries: 0 })
  anthropic = new Anthropic({ baseURL: served.url, apiKey: served.key, maxRetries: 0 })
})
beforeEach(() => served.mock.reset())
afterAll(() => served.end())

const parameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}

/** Providers that tell what they thought. */
const THINKERS = ['claude', 'gemini', 'responder'] as const

describe.each(THINKERS.flatMap((model) => [false, true].map((stream) => [model, stream] as const)))(
  'what %s thought (streamed: %s)',
  (model, stream) => {
    it('comes to the client of Anthropic before the answer, and can be brought back with a tool call', async () => {
      const ask = (messages: Anthropic.MessageParam[]) => {
        const body = {
          model,
          max_tokens: 4000,
          messages,
          thinking: { type: 'enabled' as const, budget_tokens: 2000 },
          tools: [{ name: 'weather', input_schema: parameters }],
        }
        return stream ? anthropic.messages.stream(body).finalMessage() : anthropic.messages.create(body)
      }
      const question: Anthropic.MessageParam = { role: 'user', content: '[tool:weather]' }
      const { content } = await ask([question])
      expect(content).toMatchObject([
        { type: 'thinking', thinking: expect.stringContaining('mock reasoning') },
        { type: 'tool_use', input: { city: 'mock' } },
      ])
      const call = content.at(-1) as Anthropic.ToolUseBlock
      const last = await ask([
        question,
        { role: 'assistant', content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }] },
      ])
      expect(last.content).toMatchObject([
        { type: 'thinking' },
        { type: 'text', text: expect.stringContaining('sunny') },
      ])
      // Nobody is shown another's signature.
      const sent = JSON.stringify(lastBody(served.mock))
      expect(/signature-of-/.test(sent)).toBe(model === 'claude')
    })

    it('comes to the openai client’s responses as a summary, and can be brought back', async () => {
      const ask = (input: OpenAI.Responses.ResponseInput) => {
        const body: OpenAI.Responses.ResponseCreateParamsNonStreaming = {
          model,
          input,
          reasoning: { effort: 'low', summary: 'auto' },
          include: ['reasoning.encrypted_content'],
          store: false,
          max_output_tokens: 9000,
          tools: [{ type: 'function', name: 'weather', strict: true, parameters }],
        }
        return stream
          ? openai.responses.stream({ ...body, stream: true }).finalResponse()
          : openai.responses.create(body)
      }
      const question = { role: 'user' as const, content: '[tool:weather]' }
      const { output } = await ask([question])
      expect(output).toMatchObject([
        { type: 'reasoning', summary: [{ text: expect.stringContaining('mock reasoning') }] },
        { type: 'function_call', arguments: '{"city":"mock"}' },
      ])
      const { call_id } = output.at(-1) as OpenAI.Responses.ResponseFunctionToolCall
      const { output_text } = await ask([
        question,
        ...(output as OpenAI.Responses.ResponseInputItem[]),
        { type: 'function_call_output', call_id, output: 'sunny' },
      ])
      expect(output_text).toContain('sunny')
    })

    it('comes to the openai client’s chat completions beside the answer', async () => {
      const body = {
        model,
        messages: [{ role: 'user' as const, content: 'hello' }],
        reasoning_effort: 'low' as const,
        max_completion_tokens: 9000,
      }
      let thought = ''
      if (stream) {
        for await (const { choices } of await openai.chat.completions.create({ ...body, stream })) {
          thought += (choices[0]?.delta as { reasoning_content?: string })?.reasoning_content ?? ''
        }
      } else {
        const { choices } = await openai.chat.completions.create(body)
        thought = (choices[0]?.message as { reasoning_content?: string } | undefined)?.reasoning_content ?? ''
      }
      expect(thought).toContain('mock reasoning')
    })
  },
)
