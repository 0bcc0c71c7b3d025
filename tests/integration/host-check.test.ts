import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { billing, type ServeOptions, type Serving, serve } from './serving.ts'

/** The status of a request under another name, and the code of its error. */
function ask(serving: Serving, host: string, path = '/v1/routes', method = 'GET') {
  return new Promise<{ status: number | undefined; code: string | undefined }>((resolve, reject) => {
    const request = httpRequest(serving.url + path, { method, headers: { host } }, (response) => {
      let text = ''
      response.on('data', (data) => {
        text += data
      })
      response.on('end', () => {
        const isJson = response.headers['content-type']?.startsWith('application/json')
        resolve({ status: response.statusCode, code: isJson ? JSON.parse(text).error?.code : undefined })
      })
    })
    request.on('error', reject)
    request.end()
  })
}

const REFUSED = { status: 421, code: 'host_not_allowed' }
const ANSWERED = { status: 200, code: undefined }

async function whileServing(flags: ServeOptions['flags'], check: (serving: Serving) => Promise<void>) {
  const serving = await serve({ ...(flags ? { flags } : {}) })
  try {
    await check(serving)
  } finally {
    await serving.end()
  }
}

describe('a server on loopback', () => {
  let serving: Serving
  beforeAll(async () => {
    serving = await serve({ flags: { 'server.cors': ['http://evil.example'] } })
    await serving.call('PUT', '/v1/routes/billing', billing)
  })
  afterAll(() => serving.end())

  it.each(['localhost', 'LocalHost:8000', '127.0.0.1:8000', '127.9.9.9', '[::1]', '[::1]:8000'])(
    'answers requests to %s',
    async (host) => expect(await ask(serving, host)).toEqual(ANSWERED),
  )

  it.each([
    'evil.example',
    'evil.example:8000',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil.example:127.0.0.1',
    '0.0.0.0',
    '10.0.0.1:8000',
    '[::2]',
    'user@localhost',
  ])('refuses requests to "%s"', async (host) => {
    expect(await ask(serving, host)).toEqual(REFUSED)
    expect(await ask(serving, host, '/v1/routes/billing', 'DELETE')).toEqual(REFUSED)
    expect(await ask(serving, host, '/nowhere')).toEqual(REFUSED)
    expect(await ask(serving, host, '/metrics')).toEqual(REFUSED)
    expect((await serving.call('GET', '/v1/routes/billing')).status).toBe(200)
  })

  it('refuses the preflight request of a page under a foreign name', async () => {
    expect(await ask(serving, 'evil.example', '/v1/routes/billing', 'OPTIONS')).toEqual(REFUSED)
  })

  it('refuses a request that names no host', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(serving.url).port), '127.0.0.1')
      let text = ''
      socket.on('data', (data) => {
        text += data
      })
      socket.on('error', reject)
      socket.on('close', () => resolve(text))
      socket.write('GET /v1/routes HTTP/1.0\r\n\r\n')
    })
    expect(answer).toMatch(/^HTTP\/1\.1 421 .*"host_not_allowed".*without a Host header/s)
  })

  it('says which names it answers to and where to add one', async () => {
    const { error } = await new Promise<{ error: { message: string } }>((resolve) => {
      httpRequest(`${serving.url}/v1/routes`, { headers: { host: 'evil.example' } }, (response) => {
        response.on('data', (data) => resolve(JSON.parse(data)))
      }).end()
    })
    expect(error.message).toBe(
      'This server answers requests to localhost, 127.0.0.1, [::1], and this one was sent to "evil.example". Call it by one of these names, or add the name to server.allowedHosts.',
    )
  })

  it.each(['/health', '/health/live', '/health/ready'])(
    'tells its health under any name at %s',
    async (path) => expect(await ask(serving, 'evil.example', path)).toEqual(ANSWERED),
  )
})

describe('server.allowedHosts', () => {
  it('adds names on loopback, whatever their case and the port', () =>
    whileServing({ 'server.allowedHosts': ['Router.Example', '[fd00::1]'] }, async (serving) => {
      for (const host of ['router.example', 'ROUTER.example:443', '[fd00::1]:80', 'localhost'])
        expect(await ask(serving, host)).toEqual(ANSWERED)
      expect(await ask(serving, 'sub.router.example')).toEqual(REFUSED)
    }))

  it('does not believe a forwarded name, even from a trusted proxy', () =>
    whileServing({ 'server.trustProxy': true }, async (serving) => {
      const forwarded = { 'x-forwarded-host': 'localhost' }
      const status = await new Promise((resolve) => {
        const headers = { host: 'evil.example', ...forwarded }
        httpRequest(`${serving.url}/v1/routes`, { headers }, ({ statusCode }) => resolve(statusCode)).end()
      })
      expect(status).toBe(421)
      expect(
        (await serving.call('GET', '/v1/routes', undefined, { 'x-forwarded-host': 'a.example' })).status,
      ).toBe(200)
    }))

  it('is needed for a check beyond loopback', async () => {
    const open = { 'server.host': '0.0.0.0', 'auth.mode': 'none' }
    await whileServing(open, async (serving) =>
      expect(await ask(serving, 'anything.example')).toEqual(ANSWERED),
    )
    await whileServing({ ...open, 'server.allowedHosts': ['router.example'] }, async (serving) => {
      expect(await ask(serving, 'router.example')).toEqual(ANSWERED)
      expect(await ask(serving, 'anything.example')).toEqual(REFUSED)
    })
  })

  it.each(['*', 'https://router.example', 'router.example:443', '::1', '', 'a b'])(
    'refuses "%s" at the start',
    async (name) =>
      expect(serve({ flags: { 'server.allowedHosts': [name] } })).rejects.toThrow(/server\.allowedHosts/),
  )
})
