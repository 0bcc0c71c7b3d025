import { connect, type Socket } from 'node:net'
import fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { billing, type Serving, serve, support } from './serving.ts'

/** Two servers that decide alike: one serves plain requests on the hot path; one logs requests, so serves none there. */
let hot: Serving
let framed: Serving
beforeAll(async () => {
  const flags = {
    'server.cors': ['https://app.example'],
    'server.bodyLimitBytes': 4096,
    'server.textLimitBytes': 300,
  }
  const quiet = pino({ level: 'debug' }, { write: () => {} })
  hot = await serve({ flags })
  framed = await serve({ flags, logger: quiet })
  for (const serving of [hot, framed])
    await serving.call('PUT', '/v1/route-sets/default', { routes: [billing, support] })
})
afterAll(async () => {
  await hot.end()
  await framed.end()
})

interface Reply {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** Sends bytes over a connection of their own and reads one answer; null where the server just ended the connection. */
function exchange(serving: Serving, pieces: readonly (string | Uint8Array)[]): Promise<Reply | null> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    const socket: Socket = connect(Number(new URL(serving.url).port), '127.0.0.1')
    socket.setNoDelay(true)
    const end = (reply: Reply | null) => {
      socket.destroy()
      resolve(reply)
    }
    socket.on('error', reject)
    socket.on('close', () => end(null))
    socket.on('data', (data) => {
      received = Buffer.concat([received, data])
      const reply = readReply(received)
      if (reply) end(reply)
    })
    // Each piece in a packet of its own, so that the server meets bodies that come late.
    const sendFrom = (index: number) => {
      const piece = pieces[index]
      if (piece !== undefined) socket.write(piece, () => setImmediate(sendFrom, index + 1))
      else socket.end()
    }
    sendFrom(0)
  })
}

/** Sends requests over one connection, each when the one before is answered, or all at once; the answers in order. */
function converse(serving: Serving, requests: readonly Uint8Array[], atOnce: boolean): Promise<Reply[]> {
  return new Promise((resolve, reject) => {
    const replies: Reply[] = []
    let received = Buffer.alloc(0)
    const socket = connect(Number(new URL(serving.url).port), '127.0.0.1')
    socket.setNoDelay(true)
    socket.on('error', reject)
    socket.on('close', () => resolve(replies))
    socket.on('data', (data) => {
      received = Buffer.concat([received, data])
      for (let reply = readReply(received); reply !== null; reply = readReply(received)) {
        received = received.subarray(received.indexOf('\r\n\r\n') + 4 + Buffer.byteLength(reply.body))
        const next = requests[replies.push(reply)]
        if (next === undefined) socket.end()
        else if (!atOnce) socket.write(next)
      }
    })
    socket.write(atOnce ? Buffer.concat(requests) : (requests[0] as Uint8Array))
  })
}

function readReply(received: Buffer): Reply | null {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [first, ...lines] = received.subarray(0, end).toString('latin1').split('\r\n')
  if (first?.startsWith('HTTP/1.1 100')) return readReply(received.subarray(end + 4))
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(': ')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)]
    }),
  )
  // Where Node itself refuses what is not HTTP, its answer has no length and says nothing.
  const length = Number(headers.get('content-length') ?? 0)
  const body = received.subarray(end + 4, end + 4 + length)
  if (body.length < length) return null
  return { status: Number(first?.split(' ')[1]), headers, body: body.toString() }
}

/** What must be the same on both paths: all but times and the identifiers that a server makes. */
function comparable(reply: Reply | null): unknown {
  if (reply === null) return null
  const {
    date: _,
    'content-length': length,
    'x-request-id': id = '',
    ...headers
  } = Object.fromEntries(reply.headers)
  const body = reply.body
    .replaceAll(/"id":"dec_[0-9a-z]+"/g, '"id":""')
    .replaceAll(/"latencyUs":[0-9.]+/g, '"latencyUs":0')
    .replaceAll(/req_[0-9a-z]+/g, 'req')
  return { status: reply.status, requestId: id.replace(/^req_[0-9a-z]+$/, 'req'), headers, body }
}

async function expectSame(pieces: readonly (string | Uint8Array)[]): Promise<Reply | null> {
  const [one, other] = await Promise.all([exchange(hot, pieces), exchange(framed, pieces)])
  expect(comparable(one)).toEqual(comparable(other))
  return one
}

const header = (name: string, value: fc.Arbitrary<string>) => value.map((text) => `${name}: ${text}\r\n`)
const rarely = <T>(usual: T, others: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: others })

const text = fc.oneof(
  fc.constantFrom('I was charged twice', 'the app crashes', '', 'é\u0000\ud800', 'x'.repeat(400)),
  fc.string({ unit: 'binary' }),
)
const member = fc.oneof(
  fc.record({ topK: fc.constantFrom(0, 1, 2, 100, 101, 1.5, '2', null) }),
  fc.record({ explain: fc.constantFrom(true, false, 'yes') }),
  fc.record({ threshold: fc.constantFrom(0, 0.3, 1, -1, 2, '0.5') }),
  fc.record({ routeSet: fc.constantFrom('default', 'nope', 'a b', 3) }),
  fc.record({ include: fc.constantFrom(['billing'], ['nope'], [], 'billing') }),
  fc.record({ context: fc.constantFrom(['hello'], [3], ['y'.repeat(400)]) }),
  fc.record({ embedding: fc.constantFrom([1, 2], 'AAAA', '!') }),
  fc.record({ metadata: fc.constantFrom({ plan: 'free' }, { plan: [] }) }),
  fc.dictionary(fc.constantFrom('__proto__', 'txt', 'texts', ''), fc.jsonValue()),
)
const single = fc
  .tuple(fc.option(text, { nil: undefined }), fc.array(member, { maxLength: 2 }))
  .map(([value, members]) => JSON.stringify(Object.assign({ text: value }, ...members)))
const batch = fc
  .tuple(fc.oneof(fc.array(text, { maxLength: 4 }), fc.jsonValue()), fc.array(member, { maxLength: 1 }))
  .map(([texts, members]) => JSON.stringify(Object.assign({ texts }, ...members)))
const json = fc.oneof(
  { weight: 4, arbitrary: single },
  { weight: 2, arbitrary: batch },
  { weight: 1, arbitrary: fc.json() },
)
const body: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 6, arbitrary: json.map((value) => Buffer.from(value)) },
  {
    weight: 1,
    arbitrary: json.chain((value) => fc.nat(value.length).map((cut) => Buffer.from(value.slice(0, cut)))),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      Buffer.from(`{"text":"${'a'.repeat(5000)}"}`),
      Buffer.from('['.repeat(70) + ']'.repeat(70)),
      Buffer.from('\ufeff{"text":"x"}'),
      Buffer.from('{"text":"x"} trailing'),
    ),
  },
)

const request = fc
  .record({
    method: rarely('POST', fc.constantFrom('GET', 'PUT', 'post', 'OPTIONS')),
    path: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('/v1/route', '/v1/route/batch') },
      {
        weight: 1,
        arbitrary: fc.constantFrom('/v1/route?a=1', '/v1/route/', '//v1/route', '/v1/routes', '*'),
      },
    ),
    version: rarely('1.1', fc.constant('1.0')),
    host: rarely(
      'host: 127.0.0.1\r\n',
      fc.constantFrom('host: evil.example\r\n', 'Host: LOCALHOST:80\r\n', '', 'host: a\r\nhost: b\r\n'),
    ),
    type: rarely(
      'content-type: application/json\r\n',
      fc.constantFrom(
        'Content-Type: application/json; charset=utf-8\r\n',
        'content-type: application/json;charset=latin1\r\n',
        'content-type: APPLICATION/JSON\r\n',
        'content-type: text/plain\r\n',
        'content-type: application/jsonx\r\n',
        'content-type: application/json\r\ncontent-type: text/plain\r\n',
        'content-type: \r\n',
        '',
      ),
    ),
    others: fc.array(
      fc.oneof(
        header('x-request-id', fc.constantFrom('abc-1', 'a b', 'é', 'x'.repeat(200))),
        header('user-agent', fc.constantFrom('curl/8', 'a, b')),
        header('origin', fc.constantFrom('https://app.example', 'https://evil.example')),
        header('content-encoding', fc.constantFrom('gzip', 'identity')),
        header('connection', fc.constantFrom('close', 'keep-alive', 'Close', 'x-odd')),
        header('expect', fc.constantFrom('100-continue')),
        header('x-odd', fc.constantFrom('1', 'a'.repeat(100))),
        header('upgrade', fc.constantFrom('h2c')),
      ),
      { maxLength: 2 },
    ),
    framing: rarely('length', fc.constantFrom('chunked', 'both', 'twice', 'short', 'none')),
    body,
    cuts: rarely(0, fc.constantFrom(1, 2, 3)),
  })
  .map(({ method, path, version, host, type, others, framing, body: bytes, cuts }) => {
    const length = `content-length: ${bytes.length}\r\n`
    const chunked = 'transfer-encoding: chunked\r\n'
    const framings: Record<string, string> = {
      length,
      chunked,
      both: chunked + length,
      twice: length + length,
      short: `content-length: ${Math.max(0, bytes.length - 1)}\r\n`,
      none: '',
    }
    const head = `${method} ${path} HTTP/${version}\r\n${host}${type}${others.join('')}${framings[framing]}\r\n`
    const content = framings[framing]?.startsWith(chunked)
      ? Buffer.concat([
          Buffer.from(`${bytes.length.toString(16)}\r\n`),
          bytes,
          Buffer.from(bytes.length > 0 ? '\r\n0\r\n\r\n' : '\r\n'),
        ])
      : bytes
    return piecesOf(Buffer.concat([Buffer.from(head, 'latin1'), content]), cuts, head.length)
  })

/** Requests that leave the connection open and do not run into what follows. */
const soundRequest = fc
  .record({
    path: fc.constantFrom('/v1/route', '/v1/route', '/v1/route/batch', '/v1/nowhere', '/v1/routes'),
    other: rarely(
      '',
      fc.constantFrom(
        'x-request-id: abc-1\r\n',
        'origin: https://app.example\r\n',
        'content-encoding: gzip\r\n',
      ),
    ),
    isChunked: fc.nat(5).map((number) => number === 0),
    content: json.map((value) => Buffer.from(value)),
  })
  .map(({ path, other, isChunked, content }) => {
    const framing = isChunked ? 'transfer-encoding: chunked\r\n' : `content-length: ${content.length}\r\n`
    const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${other}${framing}\r\n`
    const size = Buffer.from(`${content.length.toString(16)}\r\n`)
    return Buffer.concat(
      isChunked
        ? [Buffer.from(head), size, content, Buffer.from('\r\n0\r\n\r\n')]
        : [Buffer.from(head), content],
    )
  })

/** The bytes whole, cut between head and body, within the body, or within the head. */
function piecesOf(bytes: Buffer, cuts: number, headLength: number): Uint8Array[] {
  const places = [[], [headLength], [Math.min(bytes.length - 1, headLength + 5)], [9, headLength]][
    cuts
  ] as number[]
  return [...places, bytes.length]
    .map((end, index) => bytes.subarray(places[index - 1] ?? 0, end))
    .filter(({ length }) => length > 0)
}

describe('the hot path', () => {
  it('answers like the framework, to the byte, whatever is sent', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (pieces) => {
        await expectSame(pieces)
      }),
      { numRuns: 1500 },
    )
    for (const { app } of [hot, framed]) while (app.metrics.inFlight > 0) await new Promise(setImmediate)
  })

  it('answers like the framework also when several requests follow one another, plain or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(soundRequest, { minLength: 2, maxLength: 5 }),
        fc.boolean(),
        async (requests, atOnce) => {
          const [one, other] = await Promise.all([
            converse(hot, requests, atOnce),
            converse(framed, requests, atOnce),
          ])
          expect(one.map(comparable)).toEqual(other.map(comparable))
        },
      ),
      { numRuns: 600 },
    )
  })

  it('answers requests that follow one another on a connection, in their order', async () => {
    const ask = (value: string) => {
      const content = JSON.stringify({ text: value, threshold: 0 })
      return `POST /v1/route HTTP/1.1\r\nhost: localhost\r\nx-request-id: ${value.replaceAll(' ', '-')}\r\ncontent-type: application/json\r\ncontent-length: ${content.length}\r\n\r\n${content}`
    }
    const texts = ['I was charged twice', 'the app crashes', 'a refund please', 'nothing loads']
    const received = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(hot.url).port), '127.0.0.1')
      let all = ''
      socket.on('data', (data) => {
        all += data
        if (all.split('"latencyUs"').length > texts.length) socket.destroy()
      })
      socket.on('close', () => resolve(all))
      socket.on('error', reject)
      socket.write(texts.map(ask).join(''))
    })
    const ids = [...received.matchAll(/x-request-id: (\S+)/g)].map(([, id]) => id)
    expect(ids).toEqual(texts.map((value) => value.replaceAll(' ', '-')))
  })

  it('counts what it answers and what breaks off', async () => {
    const count = async (status: number) => {
      const { text: figures } = await hot.call('GET', '/metrics')
      const line = new RegExp(
        `^stratarouter_requests_total\\{operation="route",status="${status}"\\} (\\d+)`,
        'm',
      )
      return Number(line.exec(figures)?.[1] ?? 0)
    }
    const [good, aborted] = [await count(200), await count(499)]
    await exchange(hot, plainRequest('{"text":"hello"}'))
    expect(await count(200)).toBe(good + 1)
    const socket = connect(Number(new URL(hot.url).port), '127.0.0.1')
    socket.write(plainRequest('{"text":"hello"}')[0]!.toString().slice(0, -4))
    while (hot.app.metrics.inFlight === 0) await new Promise(setImmediate)
    socket.destroy()
    while ((await count(499)) === aborted) await new Promise(setImmediate)
    expect(hot.app.metrics.inFlight).toBe(0)
  })
})

const plainRequest = (content: string) => [
  `POST /v1/route HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(content)}\r\n\r\n${content}`,
]
