import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { billing, type Serving, serve, support } from '../integration/serving.ts'
import { Browser, chromium } from './browser.ts'
import { Page } from './page.ts'

interface OpenOptions {
  /** The message that stands there. */
  readonly text?: string
  readonly set?: string
  /** Where the page comes from, when not from the server of these tests. */
  readonly url?: string
  readonly width?: number
  readonly height?: number
  readonly colours?: 'light' | 'dark'
}

/** The try-it page, opened anew by each test of a file, on a server whose default set is the same at each start. */
export class ConsolePage {
  #browser: Browser | undefined
  #serving: Serving | undefined
  #page: Page | undefined

  /** To be made once, at the top of a test file; every test there is skipped where no Chromium is. */
  constructor() {
    beforeAll(async () => {
      if (chromium === undefined) return
      this.#browser = await Browser.launch(chromium)
      this.#serving = await serve()
    })
    beforeEach(async (context) => {
      if (chromium === undefined) {
        context.skip('no Chromium here: apt-get install -y chromium')
        return
      }
      await this.putSet('default', [billing, support])
    })
    afterEach(() => this.#page?.close())
    afterAll(async () => {
      await this.#browser?.close()
      await this.#serving?.end()
    })
  }

  get serving(): Serving {
    return this.#serving as Serving
  }

  /** Opens the page and waits until it has loaded its routes, what they lack and, if there is a message, its decision. */
  async open({
    text = '',
    set = 'default',
    url = this.serving.url,
    ...options
  }: OpenOptions = {}): Promise<Page> {
    const hash = new URLSearchParams({ set, text })
    const page = await Page.open(this.#browser as Browser, `${url}/#${hash}`, options)
    this.#page = page
    await page.until(`!document.querySelector('#decision-card').hasAttribute('aria-busy')`)
    if (text !== '') await page.until(`document.querySelector('#verdict-route')`)
    await page.until(`!document.querySelector('#health').textContent.includes('Looking')`)
    return page
  }

  async putSet(name: string, routes: readonly object[]): Promise<void> {
    const { status } = await this.serving.call('PUT', `/v1/route-sets/${name}`, { routes })
    expect(status).toBeLessThan(300)
  }

  /** A route of the default set, as the server has it now. */
  stored(name: string) {
    return this.serving.app.routes.getRoute('default', name).route
  }

  /** Nothing failed, nothing was blocked, and nobody else was asked. */
  expectNoMishaps(url = this.serving.url): void {
    const { complaints, requests } = (this.#page as Page).mishaps
    expect(complaints).toEqual([])
    expect(requests.filter((address) => !address.startsWith(url))).toEqual([])
    expect(requests.length).toBeGreaterThan(5)
  }
}
