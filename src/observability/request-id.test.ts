import { describe, expect, it } from 'vitest'
import { acceptableRequestId, createIdSource } from './request-id.ts'

describe('request ids', () => {
  it('are unique, also between two sources', () => {
    const sources = [createIdSource('req'), createIdSource('req')]
    const made = sources.flatMap((source) => Array.from({ length: 3000 }, source))
    expect(new Set(made).size).toBe(6000)
    expect(made.every((id) => acceptableRequestId(id) === id)).toBe(true)
  })

  it('are taken from the caller only when short and plain', () => {
    expect(acceptableRequestId('abc-123')).toBe('abc-123')
    for (const header of ['', 'a b', 'a\nb', 'é', 'a'.repeat(129), ['a'], undefined]) {
      expect(acceptableRequestId(header)).toBeUndefined()
    }
  })
})
