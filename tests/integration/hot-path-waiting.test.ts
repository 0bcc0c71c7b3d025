import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StrataError } from '../../src/errors/index.ts'
import type { HotEndpoint, JsonText } from '../../src/server/endpoint.ts'
import { type HotPath, serveHotPath } from '../../src/server/hot/hot-path.ts'
import { Overload } from '../../src/server/overload.ts'
import { servingForAllTests } from './serving-lifetimes.ts'

const serving = servingForAllTests()

/** A server with one endpoint whose answers are given by the test. */
let server: Server
let hotPath: HotPath
let asked: { body: unknown; answer: (body: JsonText) => void; fail: (error: Error) => void }[]
let framed: number
beforeEach(async () => {
  asked = []
  framed = 0
  server = createServer((request, response) => {
    framed++
    request.resume()
    request.on('end', () => response.end('framed'))
  })
  const endpoint: Partial<HotEndpoint<unknown>> = {
    path: '/slow',
    operation: 'slow',
    scope: 'route',
    parse: (body) => body,
    decide: (_app, body) =>
      new Promise((answer, fail) => {
        asked.push({ body, answer, fail })
      }),
  }
  hotPath = serveHotPath(server, {
    app: serving.app,
    endpoints: [endpoint as unknown as HotEndpoint],
    overload: new Overload(
      { inFlight: () => 0, delayMs: () => 0 },
      { inFlight: 1, eventLoopDelayMs: 1 },
      () => {},
    ),
    nextId: () => 'req_1',
    idleTimeoutMs: 60_000,
    isDraining: () => false,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  vi.useRealTimers()
  hotPath.destroy()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function open() {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const client = { socket, received: '', isClosed: false }
  socket.on('data', (data) => {
    client.received += data
  })
  socket.on('close', () => {
    client.isClosed = true
  })
  return client
}

const request = (body: string) =>
  `POST /slow HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate)
}

const aborted = () => serving.app.metrics.operation('slow').statuses[399] as number

describe('an endpoint that has to wait', () => {
  it('answers one request after the other', async () => {
    const client = open()
    client.socket.write(request('1'))
    await until(() => asked.length === 1)
    client.socket.write(request('2'))
    asked[0]?.answer('{"first":1}')
    await until(() => asked.length === 2)
    asked[1]?.answer('{"second":2}')
    await until(() => client.received.endsWith('{"second":2}'))
    expect(asked.map(({ body }) => body)).toEqual([1, 2])
    expect(client.received).toMatch(/\{"first":1\}HTTP\/1\.1 200 OK/)
    expect([framed, serving.app.metrics.inFlight]).toEqual([0, 0])
  })

  it('answers what fails with an error, and the connection goes on', async () => {
    const client = open()
    client.socket.write(request('1'))
    await until(() => asked.length === 1)
    asked[0]?.fail(new StrataError('not_found', 'There is no such thing.'))
    await until(() => client.received.includes('no such thing'))
    expect(client.received).toMatch(/^HTTP\/1\.1 404 Not Found\r\nx-request-id: req_1\r\n/)
    client.socket.write(request('2'))
    await until(() => asked.length === 2)
    expect([framed, serving.app.metrics.inFlight]).toEqual([0, 1])
    asked[1]?.answer('{}')
    await until(() => client.received.endsWith('{}'))
  })

  it('hands a client that does not wait for its answers to Node, in order', async () => {
    const client = open()
    client.socket.write(`${request('1')}${request('2')}`)
    await until(() => client.received.split('framed').length === 3)
    expect([asked.length, framed, serving.app.metrics.inFlight]).toEqual([0, 2, 0])
  })

  it('ends the connection after the answer when the server closes meanwhile', async () => {
    const [waiting, idle] = [open(), open()]
    idle.socket.write(request('0'))
    await until(() => asked.length === 1)
    asked[0]?.answer('{}')
    await until(() => idle.received.endsWith('{}'))
    waiting.socket.write(request('1'))
    await until(() => asked.length === 2)
    hotPath.close()
    await until(() => idle.isClosed)
    expect(waiting.isClosed).toBe(false)
    asked[1]?.answer('{"last":1}')
    await until(() => waiting.isClosed)
    expect(waiting.received).toContain('{"last":1}')
  })

  it('reads nothing more from a client that does not read its answers, until it does', async () => {
    const [deaf, other] = [open(), open()]
    deaf.socket.write(request('1'))
    await until(() => asked.length === 1)
    deaf.socket.pause()
    asked[0]?.answer(JSON.stringify('x'.repeat(32 * 1024 * 1024)))
    await new Promise((resolve) => deaf.socket.write(request('2'), resolve))
    // What the other one sends later is decided and answered all the same.
    for (const turn of [1, 2, 3]) {
      other.socket.write(request('"other"'))
      await until(() => asked.filter(({ body }) => body === 'other').length === turn)
      asked.at(-1)?.answer(`{"turn":${turn}}`)
      await until(() => other.received.endsWith(`{"turn":${turn}}`))
    }
    expect(asked.map(({ body }) => body)).not.toContain(2)
    deaf.socket.resume()
    await until(() => asked.at(-1)?.body === 2)
    asked.at(-1)?.answer('{"second":2}')
    await until(() => deaf.received.endsWith('{"second":2}'))
  })

  it('sends answers in pieces whole to a client that reads them late, while others get theirs', async () => {
    const ends: Socket[] = []
    server.on('connection', (socket) => ends.push(socket))
    const pieces = (name: unknown) =>
      Array.from({ length: 1000 }, (_, index) => `[${name} ${index}]`.padEnd(100))
    const ask = async (client: ReturnType<typeof open>, body: unknown) => {
      const count = asked.length
      client.socket.write(request(JSON.stringify(body)))
      await until(() => asked.length > count)
      asked.at(-1)?.answer(pieces(body))
    }
    const deaf = open()
    await until(() => ends.length === 1)
    deaf.socket.pause()
    const other = open()
    const askOther = async (body: string) => {
      await ask(other, body)
      await until(() => other.received.endsWith(pieces(body).join('')))
    }
    let count = 0
    while (ends[0]?.writableLength === 0) {
      await ask(deaf, count++)
      await askOther('other')
    }
    for (const body of ['one', 'two', 'three']) await askOther(body)
    deaf.socket.resume()
    // All answers are of one length.
    const answerLength = other.received.length / (count + 3)
    await until(() => deaf.received.length === count * answerLength)
    const bodies = deaf.received.split(/HTTP\/1\.1 200 OK\r\n.*?\r\n\r\n/s).slice(1)
    expect(bodies.map((body, index) => body === pieces(index).join(''))).toEqual(new Array(count).fill(true))
  })

  it('leaves a body that takes long to Node, which ends it at last, however its pieces come', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const client = open()
    const whole = request('"long"')
    client.socket.write(whole.slice(0, -4))
    await until(() => serving.app.metrics.inFlight === 1)
    vi.advanceTimersByTime(900)
    client.socket.write(whole.slice(-4, -2))
    const other = open()
    other.socket.write(request('1'))
    await until(() => asked.length === 1)
    vi.advanceTimersByTime(200)
    asked[0]?.answer('{}')
    await until(() => serving.app.metrics.inFlight === 0)
    client.socket.write(whole.slice(-2))
    await until(() => client.received.endsWith('framed'))
    expect([asked.length, framed]).toEqual([1, 1])
  })

  it('waits no longer for a body that has come, or whose client has gone', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const [client, leaving] = [open(), open()]
    for (const { socket } of [client, leaving]) socket.write(request('1').slice(0, -1))
    await until(() => serving.app.metrics.inFlight === 2)
    leaving.socket.end()
    client.socket.write('1')
    await until(() => asked.length === 1 && leaving.isClosed)
    vi.advanceTimersByTime(2000)
    asked[0]?.answer('{}')
    await until(() => client.received.endsWith('{}'))
    expect([framed, serving.app.metrics.inFlight]).toEqual([0, 0])
  })

  it('counts as aborted what nobody waits for any more', async () => {
    const before = aborted()
    const client = open()
    client.socket.write(request('1'))
    await until(() => asked.length === 1)
    client.socket.resetAndDestroy()
    await until(() => client.isClosed)
    asked[0]?.answer('{}')
    await until(() => aborted() > before || serving.app.metrics.inFlight === 0)
    expect(serving.app.metrics.inFlight).toBe(0)
  })
})
