import { fastify } from 'fastify'
import { describe, expect, it } from 'vitest'
import { requestOrigin } from './request-origin.ts'

async function originOf(headers: Record<string, string>, trustProxy = false): Promise<string> {
  const instance = fastify({ trustProxy })
  instance.get('/', (request) => requestOrigin(request))
  return (await instance.inject({ url: '/', headers })).body
}

describe('where a request was sent', () => {
  it.each(['router.example', 'localhost:8123', '[::1]:8000'])(
    'is %s as its Host header has it',
    async (host) => {
      expect(await originOf({ host })).toBe(`http://${host}`)
    },
  )

  it('is what a trusted proxy says, and nobody else', async () => {
    const headers = {
      host: 'inner:8000',
      'x-forwarded-host': 'outer.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '10.1.2.3',
    }
    expect(await originOf(headers, true)).toBe('https://outer.example')
    expect(await originOf(headers)).toBe('http://inner:8000')
  })

  it.each(['a.example;reboot', '"><script>', "a'b", 'a b', 'a.example/x', 'a.example:1234567'])(
    'is never %s, which a shell or a page could take for more than a name',
    async (host) => {
      expect(await originOf({ host })).toMatch(/^http:\/\/127\.0\.0\.1:/)
    },
  )
})
