import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { billing, makeFolder, serve, support } from '../integration/serving.ts'
import { ConsolePage } from './console-page.ts'

const console = new ConsolePage()

const HOSTILE = `<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script>"'>`

describe('a message on the page', () => {
  it('is decided as it is typed, with its candidates, reasons and health of the routes', async () => {
    const page = await console.open()
    expect(await page.text('#decision')).toContain('Type a message')
    await page.fill('#message', 'please refund my invoice')
    await page.untilText('#verdict-route', 'billing')
    expect(await page.text('#verdict-confidence')).toMatch(/^>?0\.\d{3}$/)
    expect(await page.texts('.bar-label')).toEqual(['→ billing', 'support', 'none of them'])
    expect(await page.text('#summary')).toContain('billing')
    expect(
      (await page.texts('#nearest .example')).filter((text) => billing.examples.includes(text)),
    ).not.toEqual([])
    expect(await page.texts('#words tbody th')).toContain('invoice')
    expect(await page.text('#flip')).toContain('Runner-up: support')
    expect(await page.text('#health')).toContain('Nothing to mend')
    await page.untilText('#announcer', 'billing, confidence')
    await page.fill('#message', 'the screen shows an error and crashes')
    await page.untilText('#verdict-route', 'support')
    console.expectNoMishaps()
  })

  it('shows the same decision as the server gives', async () => {
    const text = 'where is the invoice for my card'
    const page = await console.open({ text })
    const { json } = await console.serving.call('POST', '/v1/route', { text, topK: 6 })
    expect(await page.text('#verdict-route')).toBe(json.route)
    expect(await page.text('.facts code')).toBe(json.snapshot.slice(0, 8))
    const fill = await page.evaluate<string>(
      `document.querySelector('.is-chosen .fill').style.getPropertyValue('--share')`,
    )
    expect(Number(fill)).toBeCloseTo(json.confidence, 6)
  })

  it('says which rule decided, what spelling it mended and which part it read', async () => {
    const rules = [{ when: { regex: '\\bINV-\\d+\\b' }, then: 'force' }]
    await console.putSet('default', [{ ...billing, rules }, support])
    const page = await console.open({ text: 'what about INV-77' })
    expect(await page.text('.verdict')).toContain('a rule decided')
    expect(await page.text('#rules')).toContain('billing: force when regex')
    await page.fill('#message', 'where is my invioce')
    await page.untilText('.readings', 'invoice')
    console.expectNoMishaps()
  })

  it('stays text, whatever it and the routes say', async () => {
    const hostile = {
      description: HOSTILE,
      examples: [HOSTILE, `${HOSTILE} again`],
      metadata: { [HOSTILE]: HOSTILE },
    }
    await console.putSet('default', [
      { name: 'one', ...hostile },
      { name: 'two', ...hostile, rules: [{ when: { phrase: HOSTILE }, then: 'favour' }] },
    ])
    const page = await console.open({ text: HOSTILE })
    await page.click('#route-two')
    await page.click('#health-summary')
    await page.until(`document.querySelector('#edit-two-example-1')`)
    expect(await page.count('main img, main script, #notices img')).toBe(0)
    expect(await page.evaluate('typeof globalThis.pwned')).toBe('undefined')
    expect(await page.text('#nearest')).toContain(HOSTILE)
    expect(await page.text('.problems')).toContain('<img')
    expect(await page.text('.route-description')).toBe(HOSTILE)
    console.expectNoMishaps()
  })
})

describe('route sets on the page', () => {
  it('are chosen by name, and an empty one says what to do', async () => {
    await console.putSet('empty', [])
    const page = await console.open({ text: 'hello there' })
    await page.evaluate(
      `{ const set = document.querySelector('#set'); set.value = 'empty'; set.dispatchEvent(new Event('change')) }`,
    )
    await page.untilText('#empty-set', 'Add a route')
    await page.untilText('#decision', 'no candidate')
    expect(await page.text('#routes-title')).toBe('0 routes')
    expect(await page.evaluate('location.hash')).toContain('set=empty')
    console.expectNoMishaps()
  })

  it('that serve as a demonstration are labelled so until something is stored', async () => {
    const demo = await serve({ demo: true })
    try {
      const page = await console.open({ url: demo.url, text: 'where is my refund?' })
      expect(await page.text('#demo')).toContain('Demo routes')
      expect(await page.text('#verdict-route')).toBe('refund')
      await page.click('#teach button')
      await page.untilText('.change', 'now your own set')
      expect(await page.count('#demo')).toBe(0)
    } finally {
      await demo.end()
    }
  })

  it('that come from a file say so and cannot be edited here', async () => {
    const file = join(makeFolder(), 'routes.json')
    writeFileSync(file, JSON.stringify({ routes: [billing, support] }))
    const fixed = await serve({ flags: { 'routes.file': file } })
    try {
      const page = await console.open({ url: fixed.url, text: 'where is my invoice?' })
      expect(await page.text('#verdict-route')).toBe('billing')
      const refusal = await fixed.call('PUT', '/v1/routes/billing', billing)
      expect(refusal.status).toBe(409)
      expect(await page.text('#read-only')).toContain(refusal.json.error.message)
      await page.click('#route-billing')
      expect(await page.texts('.example-list li')).toEqual(billing.examples)
      expect(await page.count('.editor')).toBe(0)
      expect(
        await page.evaluate(`['add-route', 'teach'].every((id) => document.getElementById(id).hidden)`),
      ).toBe(true)
      expect(page.mishaps.complaints).toEqual([])
    } finally {
      await fixed.end()
    }
  })

  it('show what will hurt and how to mend it', async () => {
    await console.putSet('default', [
      billing,
      { ...support, threshold: 1 },
      { name: 'thin', examples: ['hello'] },
    ])
    const page = await console.open()
    expect(await page.text('#health-summary')).toMatch(/1 error.*1 warning/)
    expect(await page.text('#health')).toContain('Fix: Set a threshold such as 0.9.')
    expect(await page.text('#route-thin')).toContain('1 warning')
    await page.click('#route-support')
    expect(await page.text('#panel-support')).toContain('The threshold is 1')
  })

  it('are shown as they are now once a decision comes from another version', async () => {
    const page = await console.open({ text: 'where is my invoice?' })
    await console.putSet('default', [billing, support, { name: 'third', examples: ['one more'] }])
    await page.fill('#message', 'where is the invoice?')
    await page.untilText('#routes-title', '3 routes')
    console.expectNoMishaps()
  })

  it('of many routes are shown in parts and filtered by what a route says', async () => {
    const many = Array.from({ length: 130 }, (_, index) => ({
      name: `route-${index}`,
      examples: [`the wish of number ${index}`],
    }))
    await console.putSet('many', many)
    const page = await console.open({ set: 'many' })
    expect(await page.count('.route')).toBe(100)
    await page.click('#more-routes')
    expect(await page.count('.route')).toBe(130)
    expect(await page.count('#more-routes')).toBe(0)
    await page.fill('#filter', 'number 12')
    await page.until(`document.querySelectorAll('.route').length === 11`)
    await page.fill('#filter', 'nothing of the kind')
    await page.untilText('#routes', 'No route says that')
    console.expectNoMishaps()
  })
})

describe('a page without its server', () => {
  it('says what to do, and goes on when the server is back', async () => {
    const page = await console.open()
    const offline = (isOffline: boolean) =>
      page.send('Network.emulateNetworkConditions', {
        offline: isOffline,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: -1,
      })
    await offline(true)
    await page.fill('#message', 'where is my invoice?')
    await page.untilText('#decision', 'The server does not answer')
    await page.untilText('#announcer', 'The server does not answer')
    await offline(false)
    await page.click('#decision-retry')
    await page.untilText('#verdict-route', 'billing')
  })
})
