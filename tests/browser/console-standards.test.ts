import { describe, expect, it } from 'vitest'
import { billing, support } from '../integration/serving.ts'
import { ConsolePage } from './console-page.ts'

const console = new ConsolePage()

describe('what axe-core finds', () => {
  const text = 'where is my invoice and why does the app crash'

  for (const colours of ['light', 'dark'] as const) {
    for (const width of [1280, 360]) {
      it(`is nothing in ${colours} colours at ${width} pixels, with a route being edited`, async () => {
        await console.putSet('default', [
          billing,
          { ...support, threshold: 1, description: 'What breaks' },
          { name: 'thin', examples: ['hello'] },
        ])
        const page = await console.open({ text, colours, width })
        await page.click('#route-billing')
        await page.click('#health-summary')
        await page.evaluate(`document.querySelector('#teach-route').value = 'thin'`)
        await page.click('#teach button')
        await page.until(`document.querySelector('.versus')`)
        await page.click('#edit-billing-save')
        await page.untilText('#edit-billing [role=alert]', 'Nothing has been changed')
        expect(await page.accessibilityProblems()).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
        expect(page.mishaps.complaints).toEqual([])
      })
    }
  }

  it('is nothing before a message and without routes', async () => {
    await console.putSet('empty', [])
    const page = await console.open({ set: 'empty' })
    expect(await page.accessibilityProblems()).toEqual([])
  })
})

describe('the theme', () => {
  it('follows the system until one is chosen, which is remembered', async () => {
    const page = await console.open({ colours: 'dark' })
    const ground = () => page.evaluate<string>(`getComputedStyle(document.documentElement).backgroundColor`)
    const dark = await ground()
    await page.setColours('light')
    const light = await ground()
    expect(dark).not.toBe(light)
    await page.evaluate(
      `{ const theme = document.querySelector('#theme'); theme.value = 'dark'; theme.dispatchEvent(new Event('change')) }`,
    )
    expect(await ground()).toBe(dark)
    await page.send('Page.reload')
    await page.until(`document.querySelector('#theme')?.value === 'dark'`)
    expect(await ground()).toBe(dark)
  })
})

describe('the content security policy', () => {
  it('lets no markup in, no script of the page run that is not a file of ours, and nobody else be asked', async () => {
    const page = await console.open()
    const tried = await page.evaluate<string[]>(`(async () => {
      const outcomes = []
      const attempt = async (name, action) => {
        try { await action(); outcomes.push(name) } catch {}
      }
      await attempt('markup', () => { document.body.innerHTML += '<b>x</b>' })
      await attempt('inline script', () => {
        const script = document.createElement('script')
        script.textContent = 'globalThis.pwned = 1'
        document.body.append(script)
      })
      await attempt('foreign request', () => fetch('http://127.0.0.1:1/'))
      return outcomes
    })()`)
    expect(tried).toEqual([])
    expect(await page.evaluate('typeof globalThis.pwned')).toBe('undefined')
    expect(page.mishaps.complaints.join('\n')).toContain('Content Security Policy')
  })
})
