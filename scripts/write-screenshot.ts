// Takes the picture of the try-it page in docs/images, with an installed Chromium: node scripts/write-screenshot.ts
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Browser, chromium } from '../tests/browser/browser.ts'
import { Page } from '../tests/browser/page.ts'
import { serve } from '../tests/integration/serving.ts'

const MESSAGE = 'the screen of my tablet came cracked, who pays for a new one?'
const MEANT = 'shipping'

if (chromium === undefined) throw new Error('no Chromium here: apt-get install -y chromium')
const browser = await Browser.launch(chromium)
const serving = await serve({ demo: true })
try {
  const hash = new URLSearchParams({ set: 'default', text: MESSAGE })
  const page = await Page.open(browser, `${serving.url}/#${hash}`, { width: 1180, height: 780 })
  await page.send('Emulation.setScrollbarsHidden', { hidden: true })
  await page.until(`document.querySelector('#verdict-route')`)
  await page.evaluate(`document.querySelector('#teach-route').value = '${MEANT}'`)
  await page.click('#teach button')
  await page.until(`document.querySelector('.versus')`)
  await page.until(`!document.querySelector('#set-facts').textContent.includes('under way')`)
  await page.until(`document.querySelector('#health').textContent.includes('mend')`)
  const file = fileURLToPath(new URL('../docs/images/try-it.png', import.meta.url))
  writeFileSync(file, await page.screenshot())
} finally {
  await browser.close()
  await serving.end()
}
