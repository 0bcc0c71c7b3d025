import type { TokenPrice } from '../src/pricing/price.ts'
import type { PriceGroup } from '../src/pricing/table/price-group.ts'

/** `docs/reference/prices.md` from the table. */
export function renderPricesPage(table: readonly PriceGroup[]): string {
  const sections = [...Map.groupBy(table, ({ provider }) => provider)].map(
    ([provider, groups]) => `## ${provider}\n\n${groups.map(renderGroup).join('\n')}`,
  )
  return `# Prices

<!-- Written by scripts/write-reference.ts from src/pricing/table. -->

What calls of these models are taken to cost, in US dollars per million tokens, until the configuration says otherwise.
**Prices change, and yours may differ** by contract, region, currency or tax: what the provider bills is what counts.
Each table names the provider's own page and the day on which the prices are known to have held. They were read there or carried over
from collections that cite those pages, [LiteLLM](https://github.com/BerriAI/litellm), [genai-prices](https://github.com/pydantic/genai-prices),
[llm-prices](https://github.com/simonw/llm-prices) and [models.dev](https://github.com/anomalyco/models.dev), where two or more of them agree.

## A price of your own

\`\`\`yaml
providers: { openai: {} }
models:
  fast:
    provider: openai
    model: gpt-5-mini
    price: { inputPerMillion: 0.25, cachedInputPerMillion: 0.025, outputPerMillion: 2 }
\`\`\`

| field | default |
| --- | --- |
| \`inputPerMillion\`, \`outputPerMillion\` | required; \`outputPerMillion: 0\` for embeddings |
| \`cachedInputPerMillion\`: read from the provider's cache | the price of input |
| \`cacheWritePerMillion\`: written to it | the price of input |
| \`longCacheWritePerMillion\`: written to it for an hour or more | the price of other writes |
| \`reasoningPerMillion\` | the price of output |
| \`longContext\`: \`aboveTokens\` and the fields above, for all tokens of a call whose input is longer | calls of any length cost the same |

Amounts count to the sixth decimal. Costs are added up in billionths of a dollar, without rounding errors.

## What has no price

A model that is neither here nor priced in the configuration costs an unknown amount: its calls are marked \`unpriced: true\`,
their cost is \`null\`, never 0. \`static\` and \`demo\` providers answer from the process itself and cost nothing.

- Names are looked up as they are, then without the mark of a snapshot: \`gpt-5-2025-08-07\`, \`claude-haiku-4-5-20251001\`, \`gemini-2.0-flash-001\`, \`…-latest\`.
  Left out are models whose price no source says for sure, and names that move between models of different prices.
- An \`openai-compatible\` provider is recognised by the host of its \`baseUrl\`; the same model elsewhere has no price.
- Only the standard tier is here: no batch, flex, priority or fast mode, no sound, no pictures made, no searches and other tools of providers.
- A promotion that ends soon is entered as what follows it, a price that depends on the hour as the higher:
  costs are rather too high than too low.

${sections.join('\n')}`
}

function renderGroup({ source, asOf, prices, aliases = {} }: PriceGroup): string {
  const rows = Object.entries(prices).flatMap(([name, price]) => {
    const others = Object.keys(aliases).filter((alias) => aliases[alias] === name)
    const names = [name, ...others].map((each) => `\`${each}\``).join(', ')
    const { longContext } = price
    const row = (label: string, amounts: TokenPrice) => `| ${label} | ${amountsOf(amounts).join(' | ')} |`
    return longContext === undefined
      ? [row(names, price)]
      : [
          row(names, price),
          row(`… above ${longContext.aboveTokens.toLocaleString('en')} tokens`, longContext),
        ]
  })
  return `As of ${asOf}, from <${source}>:

| model | input | cached input | cache write | kept longer | output |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`
}

const amountsOf = (price: TokenPrice): string[] =>
  [
    price.inputPerMillion,
    price.cachedInputPerMillion,
    price.cacheWritePerMillion,
    price.longCacheWritePerMillion,
    price.outputPerMillion,
  ].map((amount) => (amount === undefined ? '' : String(amount)))
