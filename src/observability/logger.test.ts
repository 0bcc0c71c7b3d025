import { describe, expect, it } from 'vitest'
import { ProviderFailure, StrataError } from '../errors/index.ts'
import { createLogger } from './logger.ts'

describe('the logger', () => {
  it('writes one JSON object a line and hides credentials', () => {
    const lines: string[] = []
    const logger = createLogger('info', {
      secrets: ['a very "quoted" secret'],
      destination: { write: (line) => void lines.push(line) },
    })
    logger.info({ headers: { authorization: 'Bearer secret', 'x-api-key': 'secret' } }, 'hello')
    logger.info('Incorrect API key sk-proj-secret-0123, a very "quoted" secret')
    logger.debug('not shown')
    expect(lines).toHaveLength(2)
    expect(lines.join('').replaceAll('[secret]', '')).not.toContain('secret')
    expect(JSON.parse(lines[0] as string)).toMatchObject({ level: 'info', message: 'hello' })
  })
})

describe('an error in the log', () => {
  const logged = (error: unknown) => {
    const lines: string[] = []
    createLogger('info', { destination: { write: (line) => void lines.push(line) } }).warn(
      { err: error },
      'failed',
    )
    return JSON.parse(lines[0] as string).err
  }

  it('has what is known to be harmless, not what others put into it', () => {
    const cause = Object.assign(new Error('socket closed'), {
      code: 'ECONNRESET',
      headers: { cookie: 'private' },
    })
    const error = Object.assign(new Error('lost', { cause }), { request: { body: 'private' } })
    expect(logged(error)).toEqual({
      type: 'Error',
      message: 'lost',
      stack: expect.stringMatching(/^\s+at /),
      cause: { type: 'Error', message: 'socket closed', code: 'ECONNRESET', stack: expect.any(String) },
    })
    expect(logged({ body: 'private' })).toBe('an object that is no error')
    expect(logged(new SyntaxError('Unexpected token p in "private"')).message).toBe('not well formed')
  })

  it('leaves out what a provider said, as that may be what the caller asked', () => {
    const failure = new ProviderFailure('server-error', 'The provider answered 500: private', {
      logMessage: 'The provider answered 500',
      body: '{"message":"private"}',
      details: [{ path: '', message: 'private' }],
    })
    expect(logged(new StrataError('internal', 'all failed', { cause: failure }))).toMatchObject({
      code: 'internal',
      message: 'all failed',
      cause: { code: 'provider_failed', message: 'The provider answered 500' },
    })
    expect(JSON.stringify(logged(failure))).not.toContain('private')
  })

  it('keeps the details of our own errors', () => {
    const details = [{ path: 'routes[0].name', message: 'expected a name' }]
    expect(logged(new StrataError('invalid_route_set', 'one problem', { details }))).toMatchObject({
      details,
    })
  })
})
