/** What a model's tokens cost, in US dollars per million of them. Amounts finer than a millionth of a dollar are rounded. */
export interface TokenPrice {
  readonly inputPerMillion: number
  /** Read from the provider's cache. Default: as input. */
  readonly cachedInputPerMillion?: number
  /** Written to the provider's cache for its usual time. Default: as input. */
  readonly cacheWritePerMillion?: number
  /** Written to it for longer: an hour at Anthropic, 12 hours at OpenAI. Default: as other writes. */
  readonly longCacheWritePerMillion?: number
  /** 0 for models that write nothing, such as those for embeddings. */
  readonly outputPerMillion: number
  /** Default: as output. */
  readonly reasoningPerMillion?: number
}

/** What all tokens of a call cost, those below the bound included, once its input is longer than that. */
interface LongContextPrice extends TokenPrice {
  readonly aboveTokens: number
}

export interface Price extends TokenPrice {
  /** Default: none, long calls cost what short ones do. */
  readonly longContext?: LongContextPrice
}
