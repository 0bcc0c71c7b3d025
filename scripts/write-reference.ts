// Writes docs/reference/configuration.md, http.md and prices.md from the code: node scripts/write-reference.ts
import { writeFileSync } from 'node:fs'
import { settings } from '../src/config/index.ts'
import { PRICE_TABLE } from '../src/pricing/table/price-table.ts'
import { openApiDocument } from '../src/server/index.ts'
import { renderConfigurationPage } from './render-configuration-page.ts'
import { renderHttpPage } from './render-http-page.ts'
import { renderPricesPage } from './render-prices-page.ts'

/** The version of the package is left out, so that a release changes no reference. */
export const referencePages: Readonly<Record<string, () => string>> = {
  'configuration.md': () => renderConfigurationPage(settings),
  'http.md': () => renderHttpPage(openApiDocument('')),
  'prices.md': () => renderPricesPage(PRICE_TABLE),
}

const folder = new URL('../docs/reference/', import.meta.url)

if (import.meta.main) {
  for (const [name, render] of Object.entries(referencePages)) writeFileSync(new URL(name, folder), render())
}
