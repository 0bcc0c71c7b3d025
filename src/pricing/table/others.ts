import type { PriceGroup } from './price-group.ts'

/** Providers that are reached as `openai-compatible`. DeepSeek's are those of its peak hours; others cost half. */
export const OTHER_PRICES: readonly PriceGroup[] = [
  {
    provider: 'mistral',
    source: 'https://mistral.ai/pricing#api-pricing',
    asOf: '2026-08-21',
    prices: {
      'mistral-large-2512': { inputPerMillion: 0.5, cachedInputPerMillion: 0.05, outputPerMillion: 1.5 },
      'mistral-large-2411': { inputPerMillion: 2, outputPerMillion: 6 },
      'mistral-medium-2508': { inputPerMillion: 0.4, outputPerMillion: 2 },
      'mistral-medium-2505': { inputPerMillion: 0.4, outputPerMillion: 2 },
      'mistral-small-2603': { inputPerMillion: 0.15, cachedInputPerMillion: 0.015, outputPerMillion: 0.6 },
      'codestral-2508': { inputPerMillion: 0.3, cachedInputPerMillion: 0.03, outputPerMillion: 0.9 },
      'devstral-2512': { inputPerMillion: 0.4, cachedInputPerMillion: 0.04, outputPerMillion: 2 },
      'magistral-medium': { inputPerMillion: 2, outputPerMillion: 5 },
      'magistral-small': { inputPerMillion: 0.5, outputPerMillion: 1.5 },
      'ministral-14b-2512': { inputPerMillion: 0.2, cachedInputPerMillion: 0.02, outputPerMillion: 0.2 },
      'ministral-3b-2512': { inputPerMillion: 0.1, cachedInputPerMillion: 0.01, outputPerMillion: 0.1 },
      'pixtral-large-2411': { inputPerMillion: 2, outputPerMillion: 6 },
      'pixtral-12b': { inputPerMillion: 0.15, outputPerMillion: 0.15 },
      'mistral-embed': { inputPerMillion: 0.1, outputPerMillion: 0 },
    },
    aliases: {
      'codestral-latest': 'codestral-2508',
      'pixtral-large-latest': 'pixtral-large-2411',
      'magistral-medium-2509': 'magistral-medium',
      'magistral-small-2509': 'magistral-small',
      'pixtral-12b-2409': 'pixtral-12b',
    },
  },
  {
    provider: 'mistral',
    source: 'https://docs.mistral.ai/models/model-cards/mistral-medium-3-5-26-04',
    asOf: '2026-07-24',
    prices: {
      'mistral-medium-2604': { inputPerMillion: 1.5, outputPerMillion: 7.5 },
    },
    aliases: {
      'mistral-medium-3-5': 'mistral-medium-2604',
      'mistral-medium-latest': 'mistral-medium-2604',
    },
  },
  {
    provider: 'deepseek',
    source: 'https://api-docs.deepseek.com/quick_start/pricing',
    asOf: '2026-11-15',
    prices: {
      'deepseek-flash': { inputPerMillion: 0.3, cachedInputPerMillion: 0.006, outputPerMillion: 1.2 },
      'deepseek-v4-pro': { inputPerMillion: 1.32, cachedInputPerMillion: 0.044, outputPerMillion: 3.96 },
    },
    aliases: {
      'deepseek-v4-flash': 'deepseek-flash',
    },
  },
  {
    provider: 'groq',
    source: 'https://groq.com/pricing',
    asOf: '2026-08-21',
    prices: {
      'openai/gpt-oss-120b': { inputPerMillion: 0.15, cachedInputPerMillion: 0.075, outputPerMillion: 0.6 },
      'openai/gpt-oss-20b': { inputPerMillion: 0.075, cachedInputPerMillion: 0.0375, outputPerMillion: 0.3 },
      'llama-3.3-70b-versatile': { inputPerMillion: 0.59, outputPerMillion: 0.79 },
      'llama-3.1-8b-instant': { inputPerMillion: 0.05, outputPerMillion: 0.08 },
      'meta-llama/llama-4-maverick-17b-128e-instruct': { inputPerMillion: 0.2, outputPerMillion: 0.6 },
      'meta-llama/llama-4-scout-17b-16e-instruct': { inputPerMillion: 0.11, outputPerMillion: 0.34 },
      'moonshotai/kimi-k2-instruct-0905': {
        inputPerMillion: 1,
        cachedInputPerMillion: 0.5,
        outputPerMillion: 3,
      },
      'qwen/qwen3-32b': { inputPerMillion: 0.29, outputPerMillion: 0.59 },
    },
  },
  {
    provider: 'xai',
    source: 'https://docs.x.ai/docs/models',
    asOf: '2026-09-29',
    prices: {
      'grok-4.7': {
        inputPerMillion: 2,
        cachedInputPerMillion: 0.5,
        outputPerMillion: 6,
        longContext: {
          aboveTokens: 200_000,
          inputPerMillion: 4,
          cachedInputPerMillion: 1,
          outputPerMillion: 12,
        },
      },
      'grok-4.6': {
        inputPerMillion: 2,
        cachedInputPerMillion: 0.5,
        outputPerMillion: 6,
        longContext: {
          aboveTokens: 200_000,
          inputPerMillion: 4,
          cachedInputPerMillion: 1,
          outputPerMillion: 12,
        },
      },
    },
  },
  {
    provider: 'xai',
    source: 'https://docs.x.ai/docs/models',
    asOf: '2026-08-21',
    prices: {
      'grok-4.5': {
        inputPerMillion: 2,
        cachedInputPerMillion: 0.5,
        outputPerMillion: 6,
        longContext: {
          aboveTokens: 200_000,
          inputPerMillion: 4,
          cachedInputPerMillion: 1,
          outputPerMillion: 12,
        },
      },
      'grok-4.3': {
        inputPerMillion: 1.25,
        cachedInputPerMillion: 0.2,
        outputPerMillion: 2.5,
        longContext: {
          aboveTokens: 200_000,
          inputPerMillion: 2.5,
          cachedInputPerMillion: 0.4,
          outputPerMillion: 5,
        },
      },
      'grok-4.20-0309-reasoning': {
        inputPerMillion: 1.25,
        cachedInputPerMillion: 0.2,
        outputPerMillion: 2.5,
        longContext: {
          aboveTokens: 200_000,
          inputPerMillion: 2.5,
          cachedInputPerMillion: 0.4,
          outputPerMillion: 5,
        },
      },
      'grok-4.20-0309-non-reasoning': {
        inputPerMillion: 1.25,
        cachedInputPerMillion: 0.2,
        outputPerMillion: 2.5,
        longContext: {
          aboveTokens: 200_000,
          inputPerMillion: 2.5,
          cachedInputPerMillion: 0.4,
          outputPerMillion: 5,
        },
      },
      'grok-build-0.1': {
        inputPerMillion: 1,
        cachedInputPerMillion: 0.2,
        outputPerMillion: 2,
        longContext: {
          aboveTokens: 200_000,
          inputPerMillion: 2,
          cachedInputPerMillion: 0.4,
          outputPerMillion: 4,
        },
      },
      'grok-4-1-fast-reasoning': {
        inputPerMillion: 0.2,
        cachedInputPerMillion: 0.05,
        outputPerMillion: 0.5,
        longContext: {
          aboveTokens: 128_000,
          inputPerMillion: 0.4,
          cachedInputPerMillion: 0.05,
          outputPerMillion: 1,
        },
      },
      'grok-4-1-fast-non-reasoning': {
        inputPerMillion: 0.2,
        cachedInputPerMillion: 0.05,
        outputPerMillion: 0.5,
        longContext: {
          aboveTokens: 128_000,
          inputPerMillion: 0.4,
          cachedInputPerMillion: 0.05,
          outputPerMillion: 1,
        },
      },
      'grok-4-fast-reasoning': {
        inputPerMillion: 0.2,
        cachedInputPerMillion: 0.05,
        outputPerMillion: 0.5,
        longContext: {
          aboveTokens: 128_000,
          inputPerMillion: 0.4,
          cachedInputPerMillion: 0.05,
          outputPerMillion: 1,
        },
      },
      'grok-4-fast-non-reasoning': {
        inputPerMillion: 0.2,
        cachedInputPerMillion: 0.05,
        outputPerMillion: 0.5,
        longContext: {
          aboveTokens: 128_000,
          inputPerMillion: 0.4,
          cachedInputPerMillion: 0.05,
          outputPerMillion: 1,
        },
      },
      'grok-4': {
        inputPerMillion: 3,
        cachedInputPerMillion: 0.75,
        outputPerMillion: 15,
        longContext: {
          aboveTokens: 128_000,
          inputPerMillion: 6,
          cachedInputPerMillion: 0.75,
          outputPerMillion: 30,
        },
      },
      'grok-3': { inputPerMillion: 3, cachedInputPerMillion: 0.75, outputPerMillion: 15 },
      'grok-3-mini': { inputPerMillion: 0.3, cachedInputPerMillion: 0.075, outputPerMillion: 0.5 },
      'grok-code-fast-1': { inputPerMillion: 0.2, cachedInputPerMillion: 0.02, outputPerMillion: 1.5 },
    },
    aliases: {
      'grok-4-0709': 'grok-4',
      'grok-4-fast': 'grok-4-fast-reasoning',
      'grok-4-1-fast': 'grok-4-1-fast-reasoning',
    },
  },
]
