import { describe, expect, it } from 'vitest'
import { parsePlainHead, rememberHeads } from './plain-head.ts'

const head = (...lines: string[]) =>
  ['POST /v1/route HTTP/1.1', 'host: localhost', 'content-type: application/json', ...lines].join('\r\n')

describe('parsePlainHead', () => {
  it('reads what is plain, whatever the case and the spaces', () => {
    expect(parsePlainHead(head('content-length: 12'))).toEqual({
      path: '/v1/route',
      host: 'localhost',
      requestId: undefined,
      credentials: {},
      bodyBytes: 12,
    })
    const written = head(
      'Content-LENGTH:\t7',
      'X-Request-Id: a 1',
      'Connection: Keep-Alive',
      'accept: */*, x',
    )
    expect(parsePlainHead(written)).toMatchObject({ bodyBytes: 7, requestId: 'a 1' })
    const withKeys = head('content-length: 7', 'Authorization: Bearer sr_a', 'X-API-Key: sr_b')
    expect(parsePlainHead(withKeys)?.credentials).toEqual({
      authorization: 'Bearer sr_a',
      'x-api-key': 'sr_b',
    })
  })

  it.each([
    [''],
    ['content-length: 0'],
    ['content-length: 01'],
    ['content-length: +1'],
    ['content-length: 1, 1'],
    ['content-length: 1234567890'],
    ['content-length: 1', 'content-length: 1'],
    ['content-length: 1', 'host: other'],
    ['content-length: 1', 'x-request-id: a', 'x-request-id: b'],
    ['content-length: 1', 'content-type: text/plain'],
    ['content-length: 1', 'connection: close'],
    ['content-length: 1', 'connection: keep-alive, upgrade'],
    ['content-length: 1', 'transfer-encoding: chunked'],
    ['content-length: 1', 'Expect: 100-continue'],
    ['content-length: 1', 'origin: null'],
    ['content-length: 1', ' folded: yes'],
    ['content-length: 1', 'a b: c'],
    ['content-length: 1', 'a : c'],
    ['content-length: 1', 'a: b\nx: y'],
    ['content-length: 1', 'a: b\rx'],
    ['content-length: 1', 'a: \u00e9'],
    ['content-length: 1', 'a: \u0000'],
    ['content-length: 1', 'a:'],
    ['content-length: 1', 'nothing'],
  ])('leaves to Node a head with %j %j', (...lines) => {
    expect(parsePlainHead(head(...lines))).toBeNull()
  })

  it.each([
    'GET /v1/route HTTP/1.1',
    'POST /v1/route HTTP/1.0',
    'POST  /v1/route HTTP/1.1',
    'post /v1/route HTTP/1.1',
    'POST http://a/v1/route HTTP/1.1',
    ' POST /v1/route HTTP/1.1',
  ])('leaves to Node "%s"', (line) => {
    expect(parsePlainHead(head('content-length: 1').replace(/^.*/, line))).toBeNull()
  })
})

describe('rememberHeads', () => {
  it('parses a head once while it is remembered, and forgets in the end', () => {
    let parsed = 0
    const read = rememberHeads((text) => {
      parsed++
      return parsePlainHead(text)
    })
    const usual = head('content-length: 12')
    expect(read(usual)).toBe(read(usual))
    expect(parsed).toBe(1)
    for (let id = 0; id < 300; id++) read(head('content-length: 12', `x-request-id: ${id}`))
    read(usual)
    expect(parsed).toBe(302)
  })
})
