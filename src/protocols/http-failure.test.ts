import { describe, expect, it } from 'vitest'
import type { Protocol } from '../contracts/index.ts'
import type { FailureOutcome } from '../errors/index.ts'
import { callerProtocols } from './caller-protocols.ts'
import { googleGeminiTranslation } from './google-gemini/translation.ts'
import { type SseEvent, sseText } from './sse.ts'

const chat = callerProtocols['openai-chat']
const messages = callerProtocols['anthropic-messages']

function dataEvent(data: object, event?: string): SseEvent {
  const json = JSON.stringify(data)
  return { event, data: json, text: sseText(event, json) }
}

describe('errors that a provider tells in its stream', () => {
  it.each<[string, SseEvent, Protocol, FailureOutcome]>([
    [
      'an error of the server',
      dataEvent({ error: { message: 'x', type: 'server_error' } }),
      'openai-chat',
      'server-error',
    ],
    [
      'a rate limit',
      dataEvent({ error: { message: 'x', code: 'rate_limit_exceeded' } }),
      'openai-chat',
      'rate-limited',
    ],
    [
      'a status as code',
      dataEvent({ choices: [], error: { message: 'x', code: 429 } }),
      'openai-chat',
      'rate-limited',
    ],
    [
      'want of money',
      dataEvent({ error: { message: 'x', code: 'insufficient_quota' } }),
      'openai-chat',
      'unauthorized',
    ],
    ['a text', dataEvent({ error: 'overloaded' }), 'openai-chat', 'server-error'],
    ['an error event', dataEvent({ message: 'x' }, 'error'), 'openai-chat', 'server-error'],
    [
      'nested',
      dataEvent({ type: 'error', error: { code: 'too_many_requests', message: 'x' } }, 'error'),
      'openai-responses',
      'rate-limited',
    ],
    [
      'flat',
      dataEvent({ type: 'error', code: 'server_error', message: 'x' }),
      'openai-responses',
      'server-error',
    ],
    [
      'overload',
      dataEvent({ type: 'error', error: { type: 'overloaded_error', message: 'x' } }, 'error'),
      'anthropic-messages',
      'server-error',
    ],
    [
      'a rate limit',
      dataEvent({ type: 'error', error: { type: 'rate_limit_error', message: 'x' } }, 'error'),
      'anthropic-messages',
      'rate-limited',
    ],
    [
      'a bad request',
      dataEvent({ type: 'error', error: { type: 'invalid_request_error', message: 'x' } }, 'error'),
      'anthropic-messages',
      'refused',
    ],
  ])('%s: %#', (_title, event, protocol, outcome) => {
    expect(() => callerProtocols[protocol].streamWatch({}).see(event)).toThrow(
      expect.objectContaining({ outcome }),
    )
  })
})

describe('HTTP errors of a provider', () => {
  it.each<[number, FailureOutcome]>([
    [400, 'refused'],
    [401, 'unauthorized'],
    [402, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'unauthorized'],
    [408, 'server-error'],
    [409, 'server-error'],
    [413, 'refused'],
    [422, 'refused'],
    [429, 'rate-limited'],
    [500, 'server-error'],
    [503, 'server-error'],
    [529, 'server-error'],
    [302, 'malformed'],
  ])('of status %i are %s', (status, outcome) => {
    const body = '{"error":{"message":"No."}}'
    for (const protocol of Object.values(callerProtocols)) {
      const failure = protocol.failureOf(status, {}, body)
      expect(failure).toMatchObject({ outcome, providerStatus: status, body })
      expect(failure.message).toContain('No.')
    }
  })

  it('for want of money count as ours, not as a limit that passes', () => {
    expect(
      chat.failureOf(429, { 'retry-after': '1' }, '{"error":{"code":"insufficient_quota","message":"x"}}'),
    ).toMatchObject({
      outcome: 'unauthorized',
      retryAfterMs: undefined,
    })
    const poor =
      '{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}'
    expect(messages.failureOf(400, {}, poor)).toMatchObject({ outcome: 'unauthorized' })
  })

  it.each<[string, Readonly<Record<string, string>>, number | undefined]>([
    ['seconds', { 'retry-after': '2' }, 2_000],
    ['milliseconds before seconds', { 'retry-after': '2', 'retry-after-ms': '1500' }, 1_500],
    [
      'a date, counted from the date of the answer',
      { 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT', date: 'Wed, 21 Oct 2026 07:28:00 GMT' },
      30_000,
    ],
    [
      'the limit that is used up',
      {
        'x-ratelimit-remaining-requests': '9',
        'x-ratelimit-reset-requests': '90s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '1m0.5s',
      },
      60_500,
    ],
    [
      'a date of a limit that is used up',
      {
        date: 'Wed, 21 Oct 2026 07:28:00 GMT',
        'anthropic-ratelimit-tokens-remaining': '0',
        'anthropic-ratelimit-tokens-reset': '2026-10-21T07:28:12Z',
      },
      12_000,
    ],
    ['nothing', {}, undefined],
    ['nonsense', { 'retry-after': 'soon' }, undefined],
  ])('ask to be left alone for %s', (_title, headers, retryAfterMs) => {
    expect(chat.failureOf(429, headers, '{}')).toMatchObject({ outcome: 'rate-limited', retryAfterMs })
  })

  it('keep neither secrets nor long pages', () => {
    const secret = 'sk-proj-abcdefghijklmnop'
    const told = messages.failureOf(
      401,
      {},
      JSON.stringify({ error: { message: `Incorrect key: ${secret}` } }),
    )
    expect(`${told.message} ${told.body}`).not.toContain(secret)
    const page = chat.failureOf(502, {}, `<html>${'x'.repeat(100_000)}</html>`)
    expect(page.message.length).toBeLessThan(600)
    expect(JSON.parse(page.body ?? '')).toMatchObject({ error: { type: 'server_error' } })
  })
})

it('knows a key that Gemini refuses, and keeps its words from callers of other protocols', () => {
  const body = JSON.stringify({
    error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' },
  })
  const failure = googleGeminiTranslation.failureOf(400, {}, `[${body}]`)
  expect(failure).toMatchObject({ outcome: 'unauthorized', providerStatus: 400, body: undefined })
  expect(failure.message).toContain('API key not valid.')
})
