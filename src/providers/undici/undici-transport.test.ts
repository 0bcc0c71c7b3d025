import { createServer, type Server, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { Transport, TransportRequest } from '../../contracts/index.ts'
import { openUndiciTransport, type UndiciTransportOptions } from './undici-transport.ts'

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

/** A server that answers each request as it is told, byte by byte. */
async function listen(answer: (socket: Socket, request: string) => void) {
  const sockets = new Set<Socket>()
  let connections = 0
  const server: Server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let request = ''
    socket.on('data', (data) => {
      request += data.toString('latin1')
      const [, length = '0'] = /content-length: (\d+)/i.exec(request) ?? []
      const end = request.indexOf('\r\n\r\n') + 4
      if (end < 4 || request.length < end + Number(length)) return
      answer(socket, request)
      request = ''
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}/v1/x?a=b`,
    port,
    get connections() {
      return connections
    },
    get open() {
      return sockets.size
    },
  }
}

async function open(options: UndiciTransportOptions = {}): Promise<Transport> {
  const transport = await openUndiciTransport(options)
  opened.unshift(() => transport.close())
  return transport
}

const post = (url: string, changes: Partial<TransportRequest> = {}): TransportRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json' },
  body: '{}',
  signal: new AbortController().signal,
  ...changes,
})

const whole = (body: string, head = '') =>
  `HTTP/1.1 200 OK\r\n${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

const LIMIT = 1_000_000

describe('a request that is carried', () => {
  it('arrives as it is, and its connection is used again', async () => {
    const seen: string[] = []
    const server = await listen((socket, request) => {
      seen.push(request)
      socket.write(whole('{"a":"ü"}'))
    })
    const transport = await open()
    for (let call = 0; call < 9; call++) {
      const answer = await transport.send(post(server.url, { body: '{"b":"ü"}' }))
      expect(answer.status).toBe(200)
      expect(await answer.text(LIMIT)).toBe('{"a":"ü"}')
    }
    // One that has just been used rests for a turn of the event loop.
    expect(server.connections).toBeLessThanOrEqual(2)
    expect(seen[0]).toMatch(/^POST \/v1\/x\?a=b HTTP\/1\.1\r\n/)
    expect(Buffer.from(seen[0] ?? '', 'latin1').toString()).toContain('{"b":"ü"}')
  })

  it('is answered by the answer proper, not by hints before it', async () => {
    const server = await listen((socket) =>
      socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${whole('{"a":1}')}`),
    )
    const answer = await (await open()).send(post(server.url))
    expect(answer.status).toBe(200)
    expect(await answer.text(LIMIT)).toBe('{"a":1}')
  })

  it('is not redirected: where the key goes is configured', async () => {
    const server = await listen((socket) =>
      socket.write('HTTP/1.1 307 Temporary Redirect\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n'),
    )
    const answer = await (await open()).send(post(server.url))
    expect(answer.status).toBe(307)
    expect(server.connections).toBe(1)
  })

  it('has headers that came several times joined', async () => {
    const server = await listen((socket) => socket.write(whole('{}', 'x-a: 1\r\nx-b: 2\r\nX-A: 3\r\n')))
    const { headers } = await (await open()).send(post(server.url))
    expect(headers).toMatchObject({ 'x-a': '1, 3', 'x-b': '2' })
  })

  it('keeps its status and refuses its body where that is compressed', async () => {
    const bytes = gzipSync('{"a":1}')
    const server = await listen((socket) => {
      socket.write(
        `HTTP/1.1 429 Too Many\r\ncontent-encoding: gzip\r\nretry-after: 2\r\ncontent-length: ${bytes.length}\r\n\r\n`,
      )
      socket.write(bytes)
    })
    const transport = await open()
    const answer = await transport.send(post(server.url))
    expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '2' } })
    await expect(answer.text(LIMIT)).rejects.toMatchObject({
      outcome: 'malformed',
      message: expect.stringContaining('content-encoding: gzip'),
    })
    const again = await transport.send(post(server.url))
    await expect(readAll(again.body)).rejects.toMatchObject({ outcome: 'malformed' })
    await expect.poll(() => server.open).toBe(0)
  })

  it('cannot have a header that ends in the middle', async () => {
    const server = await listen((socket) => socket.write(whole('{}')))
    const sent = (await open()).send(post(server.url, { headers: { 'x-a': 'b\r\nx-c: d' } }))
    await expect(sent).rejects.toMatchObject({ outcome: 'unreachable' })
    expect(server.connections).toBe(0)
  })
})

describe('a request that fails', () => {
  it.each([
    ['no server', 'http://127.0.0.1:9', 'unreachable'],
    ['no such name', 'http://name.invalid/', 'unreachable'],
    ['no such scheme', 'ftp://127.0.0.1/', 'unreachable'],
  ])('says so: %s', async (_what, url, outcome) => {
    await expect((await open()).send(post(url))).rejects.toMatchObject({ outcome })
  })

  it('is truncated where the body ends too early', async () => {
    const server = await listen((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'))
    const answer = await (await open()).send(post(server.url))
    await expect(answer.text(LIMIT)).rejects.toMatchObject({ outcome: 'truncated' })
  })

  it('is refused to private addresses where only public ones are meant, by name and by number', async () => {
    const server = await listen((socket) => socket.write(whole('{}')))
    const transport = await open({ publicOnly: true })
    for (const host of [
      '127.0.0.1',
      'localhost',
      '[::ffff:127.0.0.1]',
      '0177.0.0.1',
      '2130706433',
      '[::1]',
    ]) {
      await expect(transport.send(post(`http://${host}:${server.port}/`)), host).rejects.toMatchObject({
        outcome: 'unreachable',
        message: expect.stringContaining('allowPrivate'),
      })
    }
    expect(server.connections).toBe(0)
  })

  it('gives up an answer that is longer than is read', async () => {
    const server = await listen((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
      const piece = 'x'.repeat(0x4000)
      const more = () => {
        while (socket.writable && socket.write(`4000\r\n${piece}\r\n`));
        if (socket.writable) socket.once('drain', more)
      }
      more()
    })
    const answer = await (await open()).send(post(server.url))
    await expect(answer.text(200_000)).rejects.toMatchObject({
      outcome: 'malformed',
      message: expect.stringContaining('200000 bytes'),
    })
    await expect.poll(() => server.open).toBe(0)
  })
})

describe('a request that nobody wants any more', () => {
  it('is not sent where that is known before', async () => {
    const server = await listen((socket) => socket.write(whole('{}')))
    const reason = new Error('gone')
    const sent = (await open()).send(post(server.url, { signal: AbortSignal.abort(reason) }))
    await expect(sent).rejects.toBe(reason)
    expect(server.connections).toBe(0)
  })

  it('ends its connection before the head, within the body, and where the reader leaves', async () => {
    const server = await listen((socket, request) => {
      if (request.includes('/head')) return
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n')
    })
    const transport = await open()
    const reason = new Error('gone')

    const head = new AbortController()
    const sent = transport.send(post(server.url.replace('/v1/x', '/head'), { signal: head.signal }))
    await expect.poll(() => server.open).toBe(1)
    head.abort(reason)
    await expect(sent).rejects.toBe(reason)
    await expect.poll(() => server.open).toBe(0)

    const within = new AbortController()
    const answer = await transport.send(post(server.url, { signal: within.signal }))
    const chunks = answer.body[Symbol.asyncIterator]()
    expect((await chunks.next()).value?.toString()).toBe('a')
    const waiting = chunks.next()
    within.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(chunks.next()).rejects.toBe(reason)
    await expect.poll(() => server.open).toBe(0)

    const left = (await transport.send(post(server.url))).body[Symbol.asyncIterator]()
    await left.next()
    const pending = left.next()
    await left.return?.()
    expect(await pending).toEqual({ done: true, value: undefined })
    await expect.poll(() => server.open).toBe(0)
  })

  it('leaves nothing on a signal that lives longer', async () => {
    const server = await listen((socket) => socket.write(whole('{}')))
    const transport = await open()
    const { signal } = new AbortController()
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--
      remove(...args)
    }
    for (let call = 0; call < 3; call++)
      await (await transport.send(post(server.url, { signal }))).text(LIMIT)
    await expect(transport.send(post('http://127.0.0.1:9', { signal }))).rejects.toThrow()
    expect(listeners).toBe(0)
  })
})

describe('a body that is read slowly', () => {
  it('holds the sender up, and comes whole', async () => {
    const piece = Buffer.alloc(0x10000, 'x')
    const pieces = 400
    let sent = 0
    const server = await listen((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${piece.length * pieces}\r\n\r\n`)
      const more = () => {
        while (sent < pieces) {
          sent++
          if (!socket.write(piece)) {
            socket.once('drain', more)
            return
          }
        }
      }
      more()
    })
    const answer = await (await open()).send(post(server.url))
    let before = -1
    // Until nothing moves any more: the buffers of the system are full.
    await expect
      .poll(
        () => {
          const isStill = sent === before
          before = sent
          return isStill
        },
        { interval: 50 },
      )
      .toBe(true)
    expect(sent).toBeLessThan(pieces)
    expect((await readAll(answer.body)).length).toBe(piece.length * pieces)
  })
})

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
