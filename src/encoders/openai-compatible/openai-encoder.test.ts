import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { loadOpenAiEncoder, type OpenAiEncoderOptions } from './index.ts'

interface Asked {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: {
    readonly model: string
    readonly input: readonly string[]
    readonly encoding_format?: string
    readonly dimensions?: number
  }
}

type Answer = (asked: Asked, response: ServerResponse, count: number) => void

const SIZE = 16
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A vector that tells which text it belongs to. */
const numbersOf = (text: string, size = SIZE) =>
  Array.from({ length: size }, (_, d) => Math.sin(text.length * 7 + (text.charCodeAt(0) || 0) + d))
const unit = (numbers: readonly number[]) => numbers.map((x) => x / Math.hypot(...numbers))
const base64Of = (numbers: readonly number[]) =>
  Buffer.from(Float32Array.from(numbers).buffer).toString('base64')

/** As the service answers: the list in an order of its own, each vector under its index. */
const answerWell: Answer = ({ body }, response) => {
  const data = body.input.map((text, index) => ({
    object: 'embedding',
    index,
    embedding: body.encoding_format === 'base64' ? base64Of(numbersOf(text)) : numbersOf(text),
  }))
  response.setHeader('content-type', 'application/json')
  response.end(
    JSON.stringify({
      object: 'list',
      data: data.reverse(),
      model: body.model,
      usage: { prompt_tokens: 1, total_tokens: 1 },
    }),
  )
}

const answerError =
  (status: number, error: unknown, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify({ error }))
  }

/** A service that answers each request by the next of `answers`, the last one again and again. */
async function serve(...answers: readonly Answer[]) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const one = {
      path: request.url as string,
      headers: request.headers,
      body: JSON.parse(Buffer.concat(chunks).toString()) as Asked['body'],
    }
    asked.push(one)
    const answer = answers[Math.min(asked.length, answers.length) - 1] as Answer
    answer(one, response, asked.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`
  const pauses: number[] = []
  const load = (options: Partial<OpenAiEncoderOptions> = {}) =>
    loadOpenAiEncoder({
      model: 'text-embedding-3-small',
      baseUrl,
      apiKey: 'sk-right',
      dimensions: SIZE,
      surroundings: {
        sleep: async (milliseconds) => void pauses.push(milliseconds),
        random: () => 0,
        now: () => Date.parse('2026-01-01T00:00:00Z'),
      },
      ...options,
    })
  return { asked, pauses, load, baseUrl }
}

describe('the encoder that asks an embeddings service', () => {
  it('speaks the wire format, and puts vectors of any order in the order of the texts', async () => {
    const { asked, load } = await serve(answerWell)
    const encoder = await load()
    const vectors = await encoder.encodeMany(['one', 'three', 'fifteen'])
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({
      path: '/v1/embeddings',
      headers: { authorization: 'Bearer sk-right', 'content-type': 'application/json' },
      body: {
        model: 'text-embedding-3-small',
        input: ['one', 'three', 'fifteen'],
        encoding_format: 'base64',
        dimensions: SIZE,
      },
    })
    for (const [place, text] of ['one', 'three', 'fifteen'].entries()) {
      for (const [d, x] of unit(numbersOf(text)).entries()) expect(vectors[place]?.[d]).toBeCloseTo(x, 6)
    }
  })

  it('learns the size from the service when it is not told, and takes plain numbers too', async () => {
    const { asked, baseUrl } = await serve(({ body }, response) => {
      response.end(JSON.stringify({ data: body.input.map((text) => ({ embedding: numbersOf(text, 32) })) }))
    })
    const encoder = await loadOpenAiEncoder({ model: 'm', baseUrl, apiKey: 'k' })
    expect(encoder.dimensions).toBe(32)
    expect(asked[0]?.body.dimensions).toBeUndefined()
    expect((await encoder.encodeMany(['abc']))[0]).toHaveLength(32)
  })

  it('divides many texts into batches, few at a time', async () => {
    let underWay = 0
    let most = 0
    const { asked, load } = await serve((one, response, count) => {
      most = Math.max(most, ++underWay)
      setImmediate(() => {
        underWay--
        answerWell(one, response, count)
      })
    })
    const encoder = await load({ batchSize: 3, concurrency: 2 })
    const texts = Array.from({ length: 20 }, (_, i) => 'x'.repeat(i + 1))
    const vectors = await encoder.encodeMany(texts)
    expect(asked.map(({ body }) => body.input.length).sort()).toEqual([2, 3, 3, 3, 3, 3, 3])
    expect(most).toBeLessThanOrEqual(2)
    expect(vectors[19]?.[0]).toBeCloseTo(unit(numbersOf(texts[19] as string))[0] as number, 6)
  })

  it('asks once for a text that several want at the same time or again, and never for an empty one', async () => {
    const { asked, load } = await serve(answerWell)
    const encoder = await load()
    const [a, b] = await Promise.all([encoder.encodeMany(['one', 'two']), encoder.encodeMany(['two', 'one'])])
    expect(a[0]).toEqual(b[1])
    await encoder.encodeMany(['one', 'two', 'one'])
    expect((await encoder.encodeMany(['', '  ']))[0]).toEqual(new Float32Array(SIZE))
    expect(asked).toHaveLength(1)
  })

  it('keeps the vectors used last within the bytes that it was given', async () => {
    const { asked, load } = await serve(answerWell)
    // Room for three of 16 numbers.
    const encoder = await load({ cacheBytes: 3 * (200 + 2 + 64) })
    await encoder.encodeMany(['a', 'b', 'c'])
    await encoder.encodeMany(['a'])
    await encoder.encodeMany(['d'])
    await encoder.encodeMany(['a', 'c', 'd'])
    expect(asked.map(({ body }) => body.input)).toEqual([['a', 'b', 'c'], ['d']])
    await encoder.encodeMany(['b'])
    expect(asked).toHaveLength(3)
  })

  it('tries again after 429 and 5xx, as long after as it is told, else after growing pauses', async () => {
    const { pauses, asked, load } = await serve(
      answerError(429, { message: 'slow down' }, { 'retry-after': '2' }),
      answerError(503, { message: 'busy' }, { 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' }),
      answerError(500, 'broken'),
      answerWell,
    )
    await (await load()).encodeMany(['one'])
    expect(asked).toHaveLength(4)
    // The third failure says nothing of when: 250 ms doubled twice, of which chance took the lower half.
    expect(pauses).toEqual([2000, 7000, 500])
  })

  it('gives up after the tries it has, with the status and the code of the service, and is well again afterwards', async () => {
    const { asked, load } = await serve(
      answerError(503, { message: 'busy' }),
      answerError(503, { message: 'busy', code: 'engine_overloaded' }),
      answerWell,
    )
    const encoder = await load({ retries: 1 })
    await expect(encoder.encodeMany(['one'])).rejects.toMatchObject({
      code: 'encoder_failed',
      message: expect.stringContaining('503 (engine_overloaded), 2 times in a row'),
    })
    await encoder.encodeMany(['one'])
    expect(asked).toHaveLength(3)
  })

  it('tries again when a connection breaks or a try takes too long', async () => {
    const { pauses, load } = await serve((_, response) => response.destroy(), answerWell)
    await (await load()).encodeMany(['one'])
    expect(pauses).toHaveLength(1)

    const slow = await serve(() => {}, answerWell)
    let tries = 0
    const encoder = await slow.load({
      surroundings: {
        sleep: async () => {},
        timeout: () => (tries++ === 0 ? AbortSignal.timeout(20) : new AbortController().signal),
      },
    })
    expect(await encoder.encodeMany(['one'])).toHaveLength(1)
  })

  it('says at once that the key, the model or the address is wrong', async () => {
    const wrongKey = await serve(
      answerError(401, { message: 'Incorrect API key provided', code: 'invalid_api_key' }),
    )
    await expect((await wrongKey.load()).encodeMany(['one'])).rejects.toMatchObject({
      code: 'invalid_configuration',
      message: expect.stringMatching(/401 \(invalid_api_key\).*Check the API key/),
    })
    const wrongModel = await serve(answerError(404, { message: 'The model does not exist' }))
    await expect((await wrongModel.load({ model: 'nonsense' })).encodeMany(['one'])).rejects.toMatchObject({
      code: 'invalid_configuration',
      message: expect.stringContaining('Check the model (nonsense)'),
    })
    expect([wrongKey.asked.length, wrongModel.asked.length]).toEqual([1, 1])
    await expect(loadOpenAiEncoder({ model: 'm', baseUrl: 'localhost' })).rejects.toThrow(/baseUrl/)
    await expect(loadOpenAiEncoder({ model: 'm', batchSize: 0 })).rejects.toThrow(/batchSize/)
  })

  it('refuses vectors of another size, too few, twice the same, and what is no vector', async () => {
    const answers: [unknown, RegExp][] = [
      [{ data: [{ index: 0, embedding: base64Of(numbersOf('x', 32)) }] }, /32 numbers where 16/],
      [{ data: [] }, /0 vectors for 1 texts/],
      [{ data: [0, 0].map((index) => ({ index, embedding: numbersOf('x') })) }, /twice or out of range/],
      [{ data: [{ index: 5, embedding: numbersOf('x') }] }, /twice or out of range/],
      [{ data: [{ index: 0, embedding: 'AAA' }] }, /neither base64 of float32/],
      [{ data: [{ index: 0, embedding: [null] }] }, /neither base64 of float32/],
      [{ object: 'list' }, /no list "data"/],
    ]
    for (const [answer, message] of answers) {
      const { load } = await serve((_, response) => response.end(JSON.stringify(answer)))
      await expect((await load()).encodeMany(['x'])).rejects.toThrow(message)
    }
    const { load } = await serve((_, response) => response.end('<html>'))
    await expect((await load()).encodeMany(['x'])).rejects.toThrow(/not JSON \(6 characters\)/)
  })

  it('never repeats in an error what the service says, as that may hold the texts', async () => {
    const secret = 'my card is 4111 1111 of May'
    const echoes: Answer[] = [
      answerError(400, { message: `bad input: ${secret}`, code: secret, type: 'invalid_request_error' }),
      answerError(400, secret),
      answerError(422, { message: secret, code: null, type: secret }),
      (_, response) => response.writeHead(400).end(secret),
      (_, response) => response.end(secret),
      (_, response) => response.end(JSON.stringify({ data: [{ index: secret, embedding: [1] }] })),
    ]
    for (const echo of echoes) {
      const { load } = await serve(echo)
      const error: unknown = await (await load()).encodeMany([secret]).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'encoder_failed' })
      expect(inspect(error, { depth: 9 })).not.toContain('1111 of May')
    }
  })

  it('asks anew only for what failed when a batch of several fails', async () => {
    let fails = true
    const { asked, load } = await serve((one, response, count) => {
      if (fails && one.body.input.includes('bad'))
        answerError(400, { message: 'bad text' })(one, response, count)
      else answerWell(one, response, count)
    })
    const encoder = await load({ batchSize: 2, concurrency: 1 })
    await expect(encoder.encodeMany(['a', 'b', 'bad', 'c'])).rejects.toMatchObject({
      code: 'encoder_failed',
      message: expect.stringContaining('it answered 400.'),
    })
    fails = false
    await encoder.encodeMany(['a', 'b', 'bad', 'c'])
    expect(asked.map(({ body }) => body.input)).toEqual([
      ['a', 'b'],
      ['bad', 'c'],
      ['bad', 'c'],
    ])
  })

  it('lets go of a request when all who wait for it have given up, not before', async () => {
    let closed = 0
    let arrived = () => {}
    const waiting = new Promise<void>((resolve) => {
      arrived = resolve
    })
    let gone = () => {}
    const left = new Promise<void>((resolve) => {
      gone = resolve
    })
    const { load } = await serve((_, response) => {
      response.on('close', () => {
        closed++
        gone()
      })
      arrived()
    }, answerWell)
    const encoder = await load()
    const [first, second] = [new AbortController(), new AbortController()]
    const a = encoder.encodeMany(['one'], { signal: first.signal })
    const b = encoder.encodeMany(['one'], { signal: second.signal })
    await waiting
    first.abort()
    await expect(a).rejects.toMatchObject({ code: 'aborted' })
    expect(closed).toBe(0)
    second.abort()
    await expect(b).rejects.toMatchObject({ code: 'aborted' })
    await left
    expect(await encoder.encodeMany(['one'])).toHaveLength(1)
    await expect(encoder.encodeMany(['two'], { signal: first.signal })).rejects.toMatchObject({
      code: 'aborted',
    })
  })

  it('has a fingerprint by model and size', async () => {
    const { load } = await serve(answerWell)
    const [a, b, c] = [await load(), await load({ model: 'other' }), await load({ dimensions: 32 })]
    expect(new Set([a, b, c].map(({ fingerprint }) => fingerprint)).size).toBe(3)
    expect((await load()).fingerprint).toBe(a.fingerprint)
  })
})
