import { afterEach, beforeEach, expect, it } from 'vitest'
import { ManualTime } from '../../execution/manual-time.ts'
import { type MockProvider, startMockProvider } from '../../testing/mock-provider/mock-provider.ts'
import { loadOpenAiEncoder, type OpenAiEncoderOptions } from './index.ts'

let service: MockProvider
let time: ManualTime
beforeEach(async () => {
  time = new ManualTime()
  service = await startMockProvider()
})
afterEach(() => service.close())

const load = (options: Partial<OpenAiEncoderOptions> = {}) =>
  loadOpenAiEncoder({
    model: 'small',
    baseUrl: `${service.url}/v1`,
    apiKey: 'k',
    dimensions: 16,
    retries: 0,
    surroundings: { timer: time.timer },
    ...options,
  })

const askedFor = () => service.requests.map(({ body }) => (body as { input: string[] }).input)

it('puts calls of a moment into one request, equal texts once, and gives each its own vectors', async () => {
  const encoder = await load()
  const calls = [encoder.encodeMany(['a', 'b']), encoder.encodeMany(['b'])]
  await time.advance(1)
  calls.push(encoder.encodeMany(['c', 'a']))
  expect(service.calls).toBe(0)
  await time.advance(1)
  const [first, second, third] = await Promise.all(calls)
  expect(askedFor()).toEqual([['a', 'b', 'c']])
  expect(second![0]).toEqual(first![1])
  expect(third![1]).toEqual(first![0])
  const alone = await load({ batchWindowMs: 0, cacheBytes: 0 })
  expect(await alone.encodeMany(['c'])).toEqual([third![0]])
})

it('sends a request that is full at once, and what is left when the time is over', async () => {
  const encoder = await load({ batchSize: 2, batchWindowMs: 50 })
  const calls = ['a', 'b', 'c'].map((text) => encoder.encodeMany([text]))
  await Promise.all(calls.slice(0, 2))
  await time.advance(49)
  expect(askedFor()).toEqual([['a', 'b']])
  await time.advance(1)
  await calls[2]
  expect(askedFor()).toEqual([['a', 'b'], ['c']])
})

it('asks no clock where nothing is to wait, and still sends the texts of one call together', async () => {
  const encoder = await load({ batchWindowMs: 0 })
  await encoder.encodeMany(['a', 'b'])
  await encoder.encodeMany(['c'])
  expect(askedFor()).toEqual([['a', 'b'], ['c']])
  expect(time.alarms).toBe(0)
})

it('leaves out who gave up before the request, and spoils it for nobody', async () => {
  const encoder = await load()
  const caller = new AbortController()
  const left = encoder.encodeMany(['a', 'b'], { signal: caller.signal })
  const stays = encoder.encodeMany(['b', 'c'])
  caller.abort()
  await expect(left).rejects.toMatchObject({ code: 'aborted' })
  await time.advance(2)
  expect(await stays).toHaveLength(2)
  expect(askedFor()).toEqual([['b', 'c']])
})

it('keeps a request under way for the others when one caller gives up, and ends it when all have', async () => {
  const encoder = await load()
  service.plan('hold')
  const [one, last] = [new AbortController(), new AbortController()]
  const left = encoder.encodeMany(['a'], { signal: one.signal })
  const stays = encoder.encodeMany(['b'])
  await time.advance(2)
  await service.nextRequest()
  one.abort()
  await expect(left).rejects.toMatchObject({ code: 'aborted' })
  service.release()
  expect(await stays).toHaveLength(1)

  const alone = encoder.encodeMany(['c'], { signal: last.signal })
  await time.advance(2)
  await service.nextRequest()
  last.abort()
  await expect(alone).rejects.toMatchObject({ code: 'aborted' })
  expect(await service.aborted()).toMatchObject({ body: { input: ['c'] } })
})

it('tells all who are in a request of its failure, and asks anew afterwards', async () => {
  const encoder = await load()
  service.plan('500')
  const failed = Promise.allSettled([encoder.encodeMany(['a']), encoder.encodeMany(['b', 'a'])])
  await time.advance(2)
  for (const end of await failed) {
    expect(end).toMatchObject({ status: 'rejected', reason: { code: 'encoder_failed' } })
  }
  service.plan(undefined)
  const again = encoder.encodeMany(['a', 'b'])
  await time.advance(2)
  expect(await again).toHaveLength(2)
  expect(askedFor()).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ])
})

it('refuses a time to wait that is none', async () => {
  for (const batchWindowMs of [-1, 1.5, 1001]) {
    await expect(load({ batchWindowMs })).rejects.toThrow(/batchWindowMs to be a whole number from 0 to 1000/)
  }
})
