import { describe, expect, it } from 'vitest'
import { billing, support } from '../integration/serving.ts'
import { ConsolePage } from './console-page.ts'

const console = new ConsolePage()

describe('an edit on the page', () => {
  it('changes the decision at once, shows before and after, and can be undone', async () => {
    const text = 'a courier left the crate at the wrong door'
    const page = await console.open({ text })
    expect(await page.text('#verdict-route')).toBe('no match')
    await page.evaluate(`document.querySelector('#teach-route').value = 'support'`)
    await page.click('#teach button')
    await page.untilText('#verdict-route', 'support')
    expect(await page.texts('.side')).toEqual([
      expect.stringContaining('Before no match'),
      expect.stringContaining('After support'),
    ])
    expect(await page.count('.bar-row .was')).toBeGreaterThan(0)
    expect(console.stored('support').examples).toContain(text)
    await page.untilText('#announcer', 'The edit changed the decision. support')
    await page.click('#undo')
    await page.untilText('#verdict-route', 'no match')
    expect(console.stored('support')).toEqual(support)
    console.expectNoMishaps()
  })

  it('changes, adds and removes examples and sets a threshold', async () => {
    const page = await console.open({ text: 'where is my invoice?' })
    await page.click('#route-billing')
    await page.fill('#edit-billing-example-2', 'the sum is wrong')
    await page.click('#edit-billing-example-3-remove')
    await page.click('#edit-billing-add')
    expect(await page.focused()).toBe('edit-billing-example-5')
    await page.type('send the bill again')
    await page.fill('#edit-billing-threshold', '0.9999')
    await page.click('#edit-billing-save')
    await page.untilText('.change', 'Changed billing')
    await page.untilText('#verdict-route', 'no match')
    expect(console.stored('billing')).toEqual({
      ...billing,
      examples: ['where is my invoice?', 'the sum is wrong', 'update my credit card', 'send the bill again'],
      threshold: 0.9999,
    })
    expect(await page.text('#route-billing')).toContain('threshold 0.9999')
    console.expectNoMishaps()
  })

  it('adds a route and deletes it again, once that is confirmed', async () => {
    const page = await console.open({ text: 'the courier has lost my parcel' })
    await page.click('#add-route')
    expect(await page.focused()).toBe('new-name')
    await page.type('delivery')
    await page.fill('#new-example-1', 'where is my parcel')
    await page.fill('#new-example-2', 'the courier did not come')
    await page.click('#new-save')
    await page.untilText('#verdict-route', 'delivery')
    expect(await page.focused()).toBe('add-route')
    expect(await page.text('#routes-title')).toBe('3 routes')
    await page.click('#route-delivery')
    await page.click('#edit-delivery-delete')
    expect(await page.focused()).toBe('edit-delivery-delete-no')
    await page.click('#edit-delivery-delete-yes')
    await page.untilText('#routes-title', '2 routes')
    await page.until(`document.querySelector('#verdict-route').textContent !== 'delivery'`)
    console.expectNoMishaps()
  })

  it('says what the server refuses, and keeps what was written', async () => {
    const page = await console.open()
    await page.click('#add-route')
    await page.type('billing')
    await page.fill('#new-example-1', 'one more')
    await page.click('#new-save')
    await page.untilText('#new [role=alert]', 'billing')
    expect(await page.evaluate(`document.querySelector('#new-example-1').value`)).toBe('one more')
  })

  it('does not overwrite what somebody else has changed meanwhile', async () => {
    const page = await console.open()
    await page.click('#route-billing')
    await page.fill('#edit-billing-example-1', 'my own words')
    await console.serving.call('PUT', '/v1/routes/billing', {
      ...billing,
      examples: ['the words of somebody else'],
    })
    await page.click('#edit-billing-save')
    await page.untilText('#edit-billing [role=alert]', 'changed by somebody else')
    expect(await page.evaluate(`document.querySelector('#edit-billing-example-1').value`)).toBe(
      'my own words',
    )
    expect(console.stored('billing').examples).toEqual(['the words of somebody else'])
    await page.click('#edit-billing-save')
    await page.untilText('.change', 'Changed billing')
    expect(console.stored('billing').examples[0]).toBe('my own words')
  })
})

describe('the keyboard alone', () => {
  it('types, teaches, opens a route, edits and saves it', async () => {
    const page = await console.open()
    await page.press('Tab')
    expect(await page.evaluate('document.activeElement.className')).toBe('skip')
    await page.tabTo('message')
    await page.type('a courier left the crate at the wrong door')
    await page.untilText('#verdict-route', 'no match')
    await page.tabTo('teach-route')
    await page.press('Tab')
    await page.press('Enter')
    await page.untilText('.change', 'live as version')
    await page.tabTo('route-billing')
    await page.press('Enter')
    await page.tabTo('edit-billing-example-4')
    await page.type('charge another card')
    await page.press('Enter')
    expect(await page.focused()).toMatch(/^edit-billing-example-\d+$/)
    await page.type('pay with another card')
    await page.tabTo('edit-billing-save')
    await page.press('Space')
    await page.untilText('.change', 'Changed billing')
    expect(await page.focused()).toBe('edit-billing-save')
    const { examples } = console.stored('billing')
    expect(examples).toEqual(expect.arrayContaining(['charge another card', 'pay with another card']))
    console.expectNoMishaps()
  })

  it('always shows where it is', async () => {
    const page = await console.open({ text: 'where is my invoice?' })
    for (let presses = 0; presses < 13; presses++) {
      await page.press('Tab')
      const outline = await page.evaluate(`getComputedStyle(document.activeElement).outlineStyle`)
      expect(outline, await page.focused()).toBe('solid')
    }
  })
})
