/**
 * What a translation leaves out without a word, since the answer is the same, or as good, without it. Whatever is
 * neither translated nor named here is refused by name.
 *
 * - Cost and speed: marks and keys of prompt caches, service tiers, predictions, fast modes, trimming of long histories.
 * - Book-keeping at the provider: metadata, storing, identifiers for its abuse checks. Nothing is stored by a translation:
 *   a later `previous_response_id` or `item_reference` is refused.
 * - Hints of style: verbosity, detail of pictures, whether thoughts are shown, names of speakers.
 * - Marks on earlier answers: citations, log-probabilities, states, identifiers of items, and what clients add when they
 *   parse an answer.
 */
const CACHE_AND_COST = [
  'cache_control',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
]
const BOOK_KEEPING = ['metadata', 'store', 'safety_identifier', 'stream_options']

/** Of a chat completions body. */
export const HARMLESS_IN_CHAT: ReadonlySet<string> = new Set([
  ...CACHE_AND_COST,
  ...BOOK_KEEPING,
  'prediction',
  'verbosity',
  'moderation',
])

/** Of a Responses body. */
export const HARMLESS_IN_RESPONSES: ReadonlySet<string> = new Set([
  ...CACHE_AND_COST,
  ...BOOK_KEEPING,
  'context_management',
  'max_tool_calls',
  'moderation',
  'truncation',
])

/** Of a Messages body. */
export const HARMLESS_IN_MESSAGES: ReadonlySet<string> = new Set([
  ...CACHE_AND_COST,
  'context_management',
  'diagnostics',
  'speed',
])

/** Of messages, parts, tools and items in any of them. */
export const HARMLESS_IN_PARTS: ReadonlySet<string> = new Set([
  'allowed_callers',
  'annotations',
  'cache_control',
  'caller',
  'citations',
  'defer_loading',
  'detail',
  'display',
  'eager_input_streaming',
  'id',
  'input_examples',
  'logprobs',
  'name',
  'output_schema',
  'parsed',
  'parsed_arguments',
  'phase',
  'status',
  'transformations',
])
