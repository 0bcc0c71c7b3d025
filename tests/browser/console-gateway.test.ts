import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { everyProvider, serveGateway } from '../gateway/gateway.ts'
import { billing, type Serving, serve, support } from '../integration/serving.ts'
import { ConsolePage } from './console-page.ts'
import type { Page } from './page.ts'

const console = new ConsolePage()

const text = 'where is my invoice?'

async function answered(page: Page): Promise<void> {
  await page.click('#answer-button')
  await page.until(`document.querySelector('#answer-facts, #answer-problem')`)
}

describe('the answer to a message on the page', () => {
  let served: Awaited<ReturnType<typeof serveGateway>>
  beforeAll(async () => {
    served = await serveGateway((url) => ({
      ...everyProvider(url),
      models: {
        gpt: { provider: 'openai', model: 'gpt-5-mini', fallbacks: ['small'] },
        small: { provider: 'local', model: 'llama' },
      },
      execution: { retries: 0 },
    }))
    await served.gateway.call('PUT', '/v1/route-sets/default', {
      routes: [
        { ...billing, target: { model: 'gpt' } },
        { ...support, target: { model: 'small' } },
      ],
    })
  })
  afterAll(() => served.end())

  it('comes when asked for, with who gave it and what it took, and goes with the message', async () => {
    const page = await console.open({ url: served.gateway.url, text })
    expect(served.mock.calls).toBe(0)
    await answered(page)
    expect(await page.text('#answer-text')).toContain(text)
    const facts = await page.text('#answer-facts')
    expect(facts).toMatch(/modelgptprovideropenaiattempts1tokens\d+ in, \d+ outcost\$0\.\d{6}took.* here\)/)
    expect(await page.count('#answer-demo, #attempts')).toBe(0)
    await page.untilText('#announcer', 'Answer of gpt at openai')
    expect(await page.accessibilityProblems()).toEqual([])
    await page.fill('#message', 'the app crashes')
    await page.untilText('#verdict-route', 'support')
    expect(await page.text('#answer')).toBe('')
    console.expectNoMishaps(served.gateway.url)
  })

  it('shows each attempt where the first was none, and flags a model without a price', async () => {
    served.mock.plan(['500'])
    const page = await console.open({ url: served.gateway.url, text, width: 360, colours: 'dark' })
    await answered(page)
    expect(await page.texts('#attempts tr')).toEqual([
      expect.stringMatching(/^gpt at openaiserver-error 500/),
      expect.stringMatching(/^small at localok 200/),
    ])
    expect(await page.text('#answer-facts')).toContain('unpriced: this model has no price')
    expect(await page.accessibilityProblems()).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
  })

  it('can be waited for no longer', async () => {
    served.mock.plan(['hang'])
    const page = await console.open({ url: served.gateway.url, text })
    await page.click('#answer-button')
    await page.untilText('#answer-button', 'Stop')
    await page.click('#answer-button')
    await page.untilText('#answer-button', 'Have it answered')
    expect(await page.text('#answer')).toBe('')
  })

  it('of the demo provider is labelled as such', async () => {
    const demo = await serve({ demo: true })
    try {
      const page = await console.open({ url: demo.url, text: 'where is my refund?' })
      await answered(page)
      expect(await page.text('#answer-demo')).toContain('No language model was asked')
      expect(await page.text('#answer-text')).toContain('[demo provider')
    } finally {
      await demo.end()
    }
  })

  it('is refused in words that say what to do where no model is configured', async () => {
    const page = await console.open({ text })
    await answered(page)
    expect(await page.text('#answer-problem')).toContain('defaultModel')
  })
})

describe('the page of a server that wants a key', () => {
  let serving: Serving
  let secret: string
  beforeAll(async () => {
    serving = await serve({ demo: true })
    const scopes = ['route', 'execute', 'routes:read', 'routes:write']
    const { json } = await serving.call('POST', '/v1/keys', { name: 'page', scopes })
    secret = json.secret
  })
  afterAll(() => serving.end())

  const stored = (page: Page) =>
    page.evaluate<unknown[]>('[Object.values(sessionStorage), Object.values(localStorage), document.cookie]')

  it('asks for it, says which one is wrong, goes on with the right one, and keeps it for the tab alone', async () => {
    const page = await console.open({ url: serving.url })
    expect(await page.text('#key-problem')).toContain('asks for an API key')
    expect(await page.accessibilityProblems()).toEqual([])
    await page.fill('#key', 'sr_wrong')
    await page.click('#key-form button')
    await page.untilText('#key-problem', 'The key is not known')
    await page.fill('#key', secret)
    await page.click('#key-form button')
    await page.untilText('#routes-title', '11 routes')
    expect(await page.count('#key-form')).toBe(0)
    await page.fill('#message', 'where is my refund?')
    await page.untilText('#verdict-route', 'refund')
    await answered(page)
    expect(await page.text('#answer-text')).toContain('[demo provider')
    expect(await stored(page)).toEqual([[secret], [], ''])
    expect(await page.evaluate('location.href + document.documentElement.outerHTML')).not.toContain(secret)
    await page.click('#forget-key')
    await page.untilText('#key-problem', 'asks for an API key')
    expect(await stored(page)).toEqual([[], [], ''])
  })

  it('asks for another one where a key may not do what the page does', async () => {
    const admin = await serve()
    try {
      const { json } = await admin.call('POST', '/v1/keys', { name: 'narrow', scopes: ['route'] })
      const page = await console.open({ url: admin.url })
      await page.fill('#key', json.secret)
      await page.click('#key-form button')
      await page.untilText('#key-problem', 'scope routes:read')
    } finally {
      await admin.end()
    }
  })
})
