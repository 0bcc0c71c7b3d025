import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Serving, serve } from './serving.ts'

const routes = [
  {
    name: 'refund',
    examples: ['where is my invoice?', 'I was charged twice', 'I want a refund', 'update my credit card'],
    metadata: { équipe: 'finance', emoji: '🏳️‍🌈', lone: '\ud800', escaped: '"\\\n' },
  },
  {
    name: 'support',
    metadata: { チーム: 'サポート' },
    examples: [
      'the app crashes when I log in',
      'I cannot reset my password',
      'the page shows an error',
      'nothing loads',
    ],
  },
]

/** Two servers that decide alike: one serves plain requests on the hot path; one logs requests, so serves none there. */
let hot: Serving
let framed: Serving
beforeAll(async () => {
  hot = await serve()
  framed = await serve({ logger: pino({ level: 'debug' }, { write: () => {} }) })
  for (const serving of [hot, framed]) {
    expect((await serving.call('PUT', '/v1/route-sets/default', { routes })).status).toBe(201)
  }
})
afterAll(async () => {
  await hot.end()
  await framed.end()
})

/** What both answer, which must be the same but for times and the identifiers that a server makes. */
async function answerOfBoth(body: object): Promise<string> {
  const [one, other] = await Promise.all(
    [hot, framed].map(async (serving) => {
      const { status, headers, text } = await serving.call('POST', '/v1/route/batch', body)
      const { date: _, 'x-request-id': __, 'content-length': length, ...rest } = Object.fromEntries(headers)
      expect(Number(length)).toBe(Buffer.byteLength(text))
      const known = text
        .replaceAll(/"id":"dec_[0-9a-z]+"/g, '"id":""')
        .replaceAll(/"latencyUs":[0-9.]+/g, '"latencyUs":0')
      return { status, headers: rest, text: known }
    }),
  )
  expect(one).toEqual(other)
  return one?.text as string
}

const several = 'I was charged “twice” ¡otra vez!, and also the app crashes 毎回 when I log in 😡'

describe('a batch on the hot path is answered like by the framework, to the byte', () => {
  it('with metadata and parts of messages beyond ASCII', async () => {
    const text = await answerOfBoth({
      texts: ['I want a refund', several, 'nothing loads', '\ud800é'],
      threshold: 0,
    })
    const { decisions } = JSON.parse(text)
    expect(decisions[0].metadata).toEqual(routes[0]?.metadata)
    expect(decisions[1].intents.map(({ route }: { route: string }) => route)).toEqual(['refund', 'support'])
    expect(decisions[1].intents[1].text).toContain('毎回')
  })

  it('of one text, and with options', async () => {
    await answerOfBoth({ texts: ['nothing loads'] })
    await answerOfBoth({ texts: ['nothing loads', several], explain: true, topK: 1 })
  })

  it('of as many texts as there may be, time and again', async () => {
    const texts = Array.from({ length: 1024 }, (_, index) => `nothing loads ${index}`)
    for (const count of [1024, 1, 64, 300, 1024, 64]) {
      const { decisions } = JSON.parse(await answerOfBoth({ texts: texts.slice(-count) }))
      expect(decisions).toHaveLength(count)
    }
  })
})
