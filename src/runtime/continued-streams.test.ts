import { expect, it } from 'vitest'
import type { ProviderAnswer } from '../contracts/index.ts'
import { AttemptLog } from '../execution/attempt-log.ts'
import type { AttemptRequest } from './attempt.ts'
import { continuedStreams } from './continued-streams.ts'
import type { Deployment } from './model-book.ts'

/** The events of a stream that never come, and the signal that its provider minds. */
async function begin() {
  let signal: AbortSignal | undefined
  const target = {} as Deployment
  const answer = (await continuedStreams(async (request): Promise<ProviderAnswer> => {
    signal = request.signal
    const pending = Promise.withResolvers<never>()
    request.signal.addEventListener('abort', () => pending.reject(request.signal.reason))
    pending.promise.catch(() => {})
    return {
      kind: 'stream',
      events: { [Symbol.asyncIterator]: () => ({ next: () => pending.promise }) },
      usage: () => undefined,
    }
  })({
    target,
    fallbacks: [target],
    attempts: new AttemptLog<Deployment>(0),
    signal: new AbortController().signal,
    call: {
      protocol: 'openai-chat',
      body: { model: 'a', messages: [{ role: 'user', content: 'hello' }], stream: true },
      stream: true,
    },
    purpose: 'answer',
    options: {},
    tokens: 0,
    waits: { externalMs: 0 },
  } satisfies AttemptRequest)) as Extract<ProviderAnswer, { kind: 'stream' }>
  return { events: answer.events[Symbol.asyncIterator](), signal: () => signal }
}

it('lets go of a stream that is left before its first event is read', async () => {
  const { events, signal } = await begin()
  await events.return?.()
  expect(signal()?.aborted).toBe(true)
})

it('lets go of a stream that is left while an event is waited for', async () => {
  const { events, signal } = await begin()
  const read = expect(events.next()).rejects.toThrow('The reader went away')
  await events.return?.()
  await read
  expect(signal()?.aborted).toBe(true)
})
