import fc from 'fast-check'
import { expect, it } from 'vitest'
import { secretRemover, withoutSecrets } from './without-secrets.ts'

it('leaves out what looks like a key or a password', () => {
  for (const secret of [
    'sk-proj-abcdef123456',
    'sk-ant-api03-xyz_123',
    'AIzaSyA-1234567890abcdefghij',
    'ya29.a0AfH6',
    'gsk_abcdefgh',
    'sr_0123456789abcdef',
  ]) {
    expect(withoutSecrets(`Incorrect API key provided: ${secret}.`)).not.toContain(secret)
  }
  expect(withoutSecrets('authorization: Bearer abc.def-123==')).toBe('authorization: Bearer [secret]')
  expect(withoutSecrets('GET /v1/x?api_key=0123abcd&n=1')).toBe('GET /v1/x?api_key=[secret]&n=1')
  expect(withoutSecrets('postgresql://strata:hunter2@db/router')).toBe(
    'postgresql://strata:[secret]@db/router',
  )
})

it('leaves other words alone', () => {
  for (const text of [
    'the circuit breaker of openai/gpt is open',
    'http://127.0.0.1:8000/v1/chat/completions',
    'risk-averse task-based ask-rule',
    'expected a key, got nothing',
  ]) {
    expect(withoutSecrets(text)).toBe(text)
  }
})

it('leaves known values out as they are, in JSON, and in addresses', () => {
  const remove = secretRemover(['a"b\\c d', 'plain-value', 'plain-value-and-more', 'no'])
  expect(remove(JSON.stringify({ x: 'a"b\\c d' }))).toBe('{"x":"[secret]"}')
  expect(remove('?q=a%22b%5Cc%20d')).toBe('?q=[secret]')
  expect(remove('plain-value-and-more plain-value no')).toBe('[secret] [secret] no')
})

it('leaves no known value in any text', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 6, maxLength: 20 }), { minLength: 1, maxLength: 5 }),
      fc.string(),
      fc.string(),
      (values, before, after) => {
        const remove = secretRemover(values)
        const value = values[0] as string
        fc.pre(!'[secret]'.includes(value) && !before.includes(value) && !after.includes(value))
        const text = remove(`${before} ${value} ${after}`)
        expect(text.includes(` ${value} `)).toBe(false)
      },
    ),
  )
})
