import { describe, expect, it } from 'vitest'
import { createLogger } from './logger.ts'
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

describe('the logger', () => {
  it('writes one JSON object a line and hides credentials', () => {
    const lines: string[] = []
    const logger = createLogger('info', { write: (line) => void lines.push(line) })
    logger.info({ headers: { authorization: 'Bearer secret', 'x-api-key': 'secret' } }, 'hello')
    logger.debug('not shown')
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('secret')
    expect(JSON.parse(lines[0] as string)).toMatchObject({ level: 'info', message: 'hello' })
  })
})
