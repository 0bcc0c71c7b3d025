import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../contracts/index.ts'
import type { ExecutionResult, ExecutionStream } from '../library/execution-types.ts'
import { partsStream } from './stream-parts.ts'

const RESULT: ExecutionResult = {
  executionId: 'exe_1',
  decision: null,
  route: null,
  model: 'fast',
  provider: 'openai',
  cache: { status: 'bypass' },
  response: '',
  toolCalls: [],
  content: [],
  finish: 'stop',
  attempts: [],
  usage: null,
  costUsd: null,
  unpriced: true,
  latencyMs: 1,
  overheadMs: 0,
}

async function partsOf(events: readonly ChatEvent[]): Promise<string[]> {
  const stream: ExecutionStream = {
    ...RESULT,
    result: Promise.resolve(RESULT),
    async *[Symbol.asyncIterator]() {
      yield* events
    },
  }
  const parts: string[] = []
  for await (const part of partsStream(stream, [], undefined)) {
    const id = 'id' in part && part.type !== 'response-metadata' ? ` ${part.id}` : ''
    const delta = 'delta' in part ? ` ${part.delta}` : ''
    const input = part.type === 'tool-call' ? ` ${part.toolCallId} ${part.input}` : ''
    const signature =
      part.type === 'reasoning-end' ? ` ${part.providerMetadata?.stratarouter?.signature}` : ''
    parts.push(`${part.type}${id}${delta}${input}${signature}`)
  }
  expect(parts.slice(0, 2)).toEqual(['stream-start', 'response-metadata'])
  expect(parts.at(-1)).toBe('finish')
  return parts.slice(2, -1)
}

const finish: ChatEvent = { kind: 'finish', reason: 'stop' }

describe('the parts of a streamed answer', () => {
  it('begin and end one after the other, reasoning with its signature', async () => {
    expect(
      await partsOf([
        { kind: 'start', id: 'a', model: 'm', createdAt: 1 },
        { kind: 'reasoning', index: 0, text: 'hm' },
        { kind: 'reasoning', index: 0, text: '', signature: 's' },
        { kind: 'text', index: 1, text: 'a' },
        { kind: 'text', index: 1, text: 'b' },
        finish,
      ]),
    ).toEqual([
      'reasoning-start 0',
      'reasoning-delta 0 hm',
      'reasoning-end 0 s',
      'text-start 1',
      'text-delta 1 a',
      'text-delta 1 b',
      'text-end 1',
    ])
  })

  it('may be tool calls side by side, whose arguments are whole at the end', async () => {
    expect(
      await partsOf([
        { kind: 'text', index: 0, text: 'wait' },
        { kind: 'tool-call', index: 1, id: 'x', name: 'find' },
        { kind: 'tool-call', index: 2, id: 'y', name: 'find' },
        { kind: 'tool-arguments', index: 2, json: '{"a"' },
        { kind: 'tool-arguments', index: 2, json: ':1}' },
        finish,
      ]),
    ).toEqual([
      'text-start 0',
      'text-delta 0 wait',
      'text-end 0',
      'tool-input-start x',
      'tool-input-start y',
      'tool-input-delta y {"a"',
      'tool-input-delta y :1}',
      'tool-input-end x',
      'tool-call x {}',
      'tool-input-end y',
      'tool-call y {"a":1}',
    ])
  })
})
