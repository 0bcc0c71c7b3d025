import { expect, test } from 'vitest'
import { parseMockFault } from './mock-fault.ts'

test.each([
  ['none', 0, { kind: 'none' }],
  ['delay:20', 20, { kind: 'none' }],
  ['hold', 'hold', { kind: 'none' }],
  ['hold:3', 0, { kind: 'hold', at: 3 }],
  ['hang', 0, { kind: 'hang', at: undefined }],
  ['reset:0', 0, { kind: 'reset', at: 0 }],
  ['delay:5+truncate:2', 5, { kind: 'truncate', at: 2 }],
  ['hold+error-event', 'hold', { kind: 'error-event', at: undefined }],
  ['huge:1000', 0, { kind: 'huge', bytes: 1000 }],
  ['drip', 0, { kind: 'drip', ms: 0 }],
  ['pace:7', 0, { kind: 'pace', ms: 7 }],
  ['503', 0, { kind: 'status', status: 503 }],
  ['429:2s', 0, { kind: 'status', status: 429, retryAfter: { form: 'seconds', ms: 2000 } }],
  ['429:250ms', 0, { kind: 'status', status: 429, retryAfter: { form: 'ms', ms: 250 } }],
  ['503:date=2s', 0, { kind: 'status', status: 503, retryAfter: { form: 'date', ms: 2000 } }],
  ['429:quota', 0, { kind: 'status', status: 429, reason: 'quota' }],
])('%s', (text, wait, trouble) => {
  expect(parseMockFault(text)).toEqual({ wait, trouble: expect.objectContaining(trouble) })
})

test.each([
  '',
  'hung',
  'hang:x',
  'pace',
  'huge',
  '42',
  '429:2',
  '429:date=2ms',
  '429:sorry',
  'delay:5+hold+500',
  '500+delay:5',
  'delay:-1',
])('%j names no fault, and the error says what would', (text) => {
  expect(() => parseMockFault(text)).toThrow(/no fault is called '.*'; expected one of none, delay:MS/)
})
