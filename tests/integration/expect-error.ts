import { expect } from 'vitest'
import type { Answer } from './serving.ts'

/** The status, the code, and the shape that every error has; nothing of where in our code it came from. */
export function expectError(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.json?.error?.code]).toEqual([status, code])
  expect(answer.json.error).toEqual({
    code,
    message: expect.stringMatching(/\S/),
    details: expect.any(Array),
    requestId: answer.headers.get('x-request-id'),
  })
  expect(answer.text).not.toMatch(/ at .*\.ts|node_modules/)
}
