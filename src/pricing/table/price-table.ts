import { ANTHROPIC_PRICES } from './anthropic.ts'
import { GOOGLE_PRICES } from './google.ts'
import { OPENAI_PRICES } from './openai.ts'
import { OTHER_PRICES } from './others.ts'
import type { PriceGroup } from './price-group.ts'

/** All prices that ship with the package, in US dollars, without tax and discounts. */
export const PRICE_TABLE: readonly PriceGroup[] = [
  ...OPENAI_PRICES,
  ...ANTHROPIC_PRICES,
  ...GOOGLE_PRICES,
  ...OTHER_PRICES,
]
