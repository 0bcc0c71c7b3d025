import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser } from './browser.ts'

/** Longer than anything here takes on a busy machine; what fails, fails with what the page shows. */
const PATIENCE_MS = 20_000

interface PageOptions {
  readonly width?: number
  readonly height?: number
  readonly colours?: 'light' | 'dark'
}

/** What happened on a page that should not have. */
interface Mishaps {
  /** Errors and warnings of the console, uncaught exceptions, violations of the content security policy. */
  readonly complaints: string[]
  /** Every address that was asked. */
  readonly requests: string[]
}

/** One tab, as somebody uses it: types, presses keys, reads. */
export class Page {
  readonly mishaps: Mishaps = { complaints: [], requests: [] }
  readonly #browser: Browser
  readonly #sessionId: string
  readonly #contextId: string

  private constructor(browser: Browser, sessionId: string, contextId: string) {
    this.#browser = browser
    this.#sessionId = sessionId
    this.#contextId = contextId
    browser.onEvent(sessionId, (method, params) => this.#note(method, params))
  }

  static async open(browser: Browser, url: string, options: PageOptions = {}): Promise<Page> {
    const { width = 1280, height = 900, colours = 'light' } = options
    const { browserContextId } = await browser.send('Target.createBrowserContext')
    const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank', browserContextId })
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true })
    const page = new Page(browser, String(sessionId), String(browserContextId))
    for (const domain of ['Page', 'Runtime', 'Log', 'Network', 'Audits']) await page.send(`${domain}.enable`)
    await page.send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: width < 500,
    })
    await page.setColours(colours)
    await page.send('Page.navigate', { url })
    await page.until(`document.readyState === 'complete'`)
    return page
  }

  send(method: string, params: Readonly<Record<string, unknown>> = {}) {
    return this.#browser.send(method, params, this.#sessionId)
  }

  setColours(colours: 'light' | 'dark') {
    const features = [
      { name: 'prefers-color-scheme', value: colours },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]
    return this.send('Emulation.setEmulatedMedia', { features })
  }

  /** The value of an expression on the page, awaited. */
  async evaluate<Value>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`)
    return (result as { value: Value }).value
  }

  /** Resolves once the expression is true, looked at whenever the page changes or draws; on the next page where it is left. */
  async until(expression: string): Promise<void> {
    const isTrue = await this.#look(expression).catch((error: Error) => {
      if (error.message.includes('navigated')) return this.#look(expression)
      throw error
    })
    if (isTrue) return
    throw new Error(`never on the page: ${expression}\n${await this.text('body')}`)
  }

  #look(expression: string): Promise<boolean> {
    return this.evaluate<boolean>(`new Promise((resolve) => {
      const end = performance.now() + ${PATIENCE_MS}
      const look = () => {
        if (${expression}) resolve(true)
        else if (performance.now() > end) resolve(false)
        else requestAnimationFrame(look)
      }
      look()
    })`)
  }

  /** Resolves once an element's text contains this. */
  async untilText(selector: string, text: string): Promise<void> {
    await this.until(
      `document.querySelector(${JSON.stringify(selector)})?.textContent.includes(${JSON.stringify(text)})`,
    )
  }

  text(selector: string): Promise<string> {
    return this.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`)
  }

  texts(selector: string): Promise<string[]> {
    return this.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((e) => e.textContent)`,
    )
  }

  count(selector: string): Promise<number> {
    return this.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`)
  }

  /** Id of the element that has the focus. */
  focused(): Promise<string> {
    return this.evaluate('document.activeElement?.id ?? ""')
  }

  async click(selector: string): Promise<void> {
    await this.until(`document.querySelector(${JSON.stringify(selector)})`)
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`)
  }

  /** Puts text where the focus is, in the place of what is there. */
  async type(text: string): Promise<void> {
    await this.evaluate('document.activeElement.select?.()')
    await this.send('Input.insertText', { text })
  }

  async fill(selector: string, text: string): Promise<void> {
    await this.until(`document.querySelector(${JSON.stringify(selector)})`)
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).focus()`)
    await this.type(text)
  }

  /** Presses a key as a keyboard does. */
  async press(key: 'Tab' | 'Enter' | 'Space' | 'ArrowDown', shift = false): Promise<void> {
    const codes = { Tab: 9, Enter: 13, Space: 32, ArrowDown: 40 }
    const common = {
      key: key === 'Space' ? ' ' : key,
      code: key,
      windowsVirtualKeyCode: codes[key],
      modifiers: shift ? 8 : 0,
    }
    const text = key === 'Enter' ? '\r' : key === 'Space' ? ' ' : undefined
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...common, ...(text ? { text } : {}) })
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...common })
  }

  /** Presses Tab until the element of that id has the focus; the ids on the way, for when it never gets there. */
  async tabTo(id: string): Promise<void> {
    const way: string[] = []
    for (let presses = 0; presses < 80; presses++) {
      if ((await this.focused()) === id) return
      await this.press('Tab')
      way.push(await this.focused())
    }
    throw new Error(`Tab never reaches ${id}, only ${way.join(', ')}`)
  }

  /** A PNG of what is in view. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.send('Page.captureScreenshot', { format: 'png' })
    return Buffer.from(String(data), 'base64')
  }

  /** What axe-core finds wrong, a line each. */
  async accessibilityProblems(): Promise<string[]> {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    await this.evaluate(`${axe}\n;undefined`)
    return this.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ': ' + failureSummary)))`)
  }

  async close(): Promise<void> {
    await this.#browser.send('Target.disposeBrowserContext', { browserContextId: this.#contextId })
  }

  #note(method: string, params: Readonly<Record<string, unknown>>): void {
    const { complaints, requests } = this.mishaps
    if (method === 'Network.requestWillBeSent') requests.push((params.request as { url: string }).url)
    if (method === 'Runtime.exceptionThrown') complaints.push(JSON.stringify(params.exceptionDetails))
    if (method === 'Audits.issueAdded') complaints.push(JSON.stringify(params.issue))
    if (method === 'Log.entryAdded') complaints.push((params.entry as { text: string }).text)
    if (method === 'Runtime.consoleAPICalled' && ['error', 'warning'].includes(String(params.type))) {
      complaints.push(JSON.stringify(params.args))
    }
  }
}
