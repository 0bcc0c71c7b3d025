import type { PriceGroup } from './price-group.ts'

/** Gemini Developer API, paid tier, text and pictures; sound costs more. Keeping an explicit cache is billed by the hour and not counted. */
export const GOOGLE_PRICES: readonly PriceGroup[] = [
  {
    provider: 'google',
    source: 'https://ai.google.dev/gemini-api/docs/pricing',
    asOf: '2026-10-07',
    prices: {
      'gemini-3.8-flash': { inputPerMillion: 1.5, cachedInputPerMillion: 0.15, outputPerMillion: 7.5 },
      'gemini-3.7-flash': { inputPerMillion: 1.5, cachedInputPerMillion: 0.15, outputPerMillion: 7.5 },
    },
  },
  {
    provider: 'google',
    source: 'https://ai.google.dev/gemini-api/docs/pricing',
    asOf: '2026-08-21',
    prices: {
      'gemini-3.6-flash': { inputPerMillion: 1.5, cachedInputPerMillion: 0.15, outputPerMillion: 7.5 },
      'gemini-3.5-flash': { inputPerMillion: 1.5, cachedInputPerMillion: 0.15, outputPerMillion: 9 },
      'gemini-3.5-flash-lite': { inputPerMillion: 0.3, cachedInputPerMillion: 0.03, outputPerMillion: 2.5 },
      'gemini-3.1-pro-preview': {
        inputPerMillion: 2,
        cachedInputPerMillion: 0.2,
        outputPerMillion: 12,
        longContext: {
          aboveTokens: 200_000,
          inputPerMillion: 4,
          cachedInputPerMillion: 0.4,
          outputPerMillion: 18,
        },
      },
      'gemini-3.1-flash-lite': { inputPerMillion: 0.25, cachedInputPerMillion: 0.025, outputPerMillion: 1.5 },
      'gemini-3-pro-preview': {
        inputPerMillion: 2,
        cachedInputPerMillion: 0.2,
        outputPerMillion: 12,
        longContext: {
          aboveTokens: 200_000,
          inputPerMillion: 4,
          cachedInputPerMillion: 0.4,
          outputPerMillion: 18,
        },
      },
      'gemini-3-flash-preview': { inputPerMillion: 0.5, cachedInputPerMillion: 0.05, outputPerMillion: 3 },
      'gemini-2.5-pro': {
        inputPerMillion: 1.25,
        cachedInputPerMillion: 0.125,
        outputPerMillion: 10,
        longContext: {
          aboveTokens: 200_000,
          inputPerMillion: 2.5,
          cachedInputPerMillion: 0.25,
          outputPerMillion: 15,
        },
      },
      'gemini-2.5-flash': { inputPerMillion: 0.3, cachedInputPerMillion: 0.03, outputPerMillion: 2.5 },
      'gemini-2.5-flash-lite': { inputPerMillion: 0.1, cachedInputPerMillion: 0.01, outputPerMillion: 0.4 },
      'gemini-2.0-flash': { inputPerMillion: 0.1, cachedInputPerMillion: 0.025, outputPerMillion: 0.4 },
      'gemini-2.0-flash-lite': { inputPerMillion: 0.075, outputPerMillion: 0.3 },
      'gemini-1.5-pro': {
        inputPerMillion: 1.25,
        cachedInputPerMillion: 0.3125,
        outputPerMillion: 5,
        longContext: {
          aboveTokens: 128_000,
          inputPerMillion: 2.5,
          cachedInputPerMillion: 0.625,
          outputPerMillion: 10,
        },
      },
      'gemini-1.5-flash': {
        inputPerMillion: 0.075,
        cachedInputPerMillion: 0.01875,
        outputPerMillion: 0.3,
        longContext: {
          aboveTokens: 128_000,
          inputPerMillion: 0.15,
          cachedInputPerMillion: 0.0375,
          outputPerMillion: 0.6,
        },
      },
      'gemini-1.5-flash-8b': {
        inputPerMillion: 0.0375,
        cachedInputPerMillion: 0.01,
        outputPerMillion: 0.15,
        longContext: {
          aboveTokens: 128_000,
          inputPerMillion: 0.075,
          cachedInputPerMillion: 0.02,
          outputPerMillion: 0.3,
        },
      },
      'gemini-embedding-001': { inputPerMillion: 0.15, outputPerMillion: 0 },
    },
    aliases: {
      'gemini-2.5-flash-preview-09-2025': 'gemini-2.5-flash',
      'gemini-2.5-flash-lite-preview-09-2025': 'gemini-2.5-flash-lite',
      'gemini-3.1-flash-lite-preview': 'gemini-3.1-flash-lite',
    },
  },
]
