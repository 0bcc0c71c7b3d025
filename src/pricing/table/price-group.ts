import type { Price } from '../price.ts'

/** Prices of one provider that were read at the same place. */
export interface PriceGroup {
  /** `openai`, `anthropic`, `google`, `mistral`, `deepseek`, `groq` or `xai`. */
  readonly provider: string
  /** Page of the provider that says them. */
  readonly source: string
  /** Day on which they are known to have been asked, as 2026-11-18. */
  readonly asOf: string
  readonly prices: Readonly<Record<string, Price>>
  /** Other names by which the provider sells the same, such as snapshots that no rule recognises. */
  readonly aliases?: Readonly<Record<string, string>>
}
