import type { JsonObject } from '../contracts/json.ts'
import { estimateTextTokens } from './estimate-text-tokens.ts'

/**
 * Tokens that a model would read for a request, estimated before it is made: the body of an OpenAI chat completion, a
 * Responses or an Anthropic Messages call, of one for embeddings, or one in the canonical form. Texts as `estimateTextTokens` takes them, and what
 * surrounds them: a few tokens a message and a tool, names and punctuation of schemas, a flat number a picture.
 *
 * Too high rather than too low, except for what the body does not show: a stored conversation that it continues, files
 * that it names, tools that the provider brings itself.
 * @returns integer >= 0
 * @remarks O(size of the body), about 2 ns a character; whatever is nested is walked without recursion.
 */
export function estimateTokens(body: JsonObject): number {
  let tokens = TOKENS_OF_A_REQUEST
  for (const field of CONTENT_FIELDS) {
    const value = body[field]
    if (typeof value === 'string') tokens += estimateTextTokens(value)
    else if (value !== undefined) tokens += tokensInside(value, false)
  }
  for (const field of SCHEMA_FIELDS) {
    const value = body[field]
    if (isParent(value)) tokens += tokensInside(value, true)
  }
  return tokens + tokensOfToolUse(body.tools)
}

const CONTENT_FIELDS = ['messages', 'system', 'instructions', 'input', 'prompt'] as const
/** Where the names of fields are read by the model too. */
const SCHEMA_FIELDS = [
  'tools',
  'functions',
  'response_format',
  'text',
  'output_config',
  'responseFormat',
] as const

const TOKENS_OF_A_REQUEST = 3
const TOKENS_OF_A_MESSAGE = 4
const TOKENS_OF_A_TOOL = 8
/** Quotes, colon and comma of a field of a schema. */
const TOKENS_OF_A_FIELD = 2
/**
 * What Anthropic tells a model about tools of any kind (346 tokens):
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview
 */
const TOKENS_OF_TOOL_USE = 346
/**
 * A picture as large as Anthropic's models take without shrinking it, width x height / 750; OpenAI's take 85 to 1,105:
 * https://platform.claude.com/docs/en/build-with-claude/vision
 */
const TOKENS_OF_A_PICTURE = 1600
/** A few pages, where a file is named and not sent along. */
const TOKENS_OF_A_NAMED_FILE = 5000
/** Of base64: a page of a scanned document is some 100 KB, a page of text some 10, either up to 3,000 tokens. */
const CHARACTERS_PER_TOKEN_OF_A_FILE = 8
/** Of base64: sound takes 10 to 32 tokens a second, and compressed 8 KB a second or more. */
const CHARACTERS_PER_TOKEN_OF_SOUND = 256

/** Told to the provider, not to the model. */
const UNREAD_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'kind',
  'role',
  'id',
  'call_id',
  'tool_call_id',
  'tool_use_id',
  'status',
  'signature',
  'cache_control',
])

function tokensInside(root: unknown, isSchema: boolean): number {
  let tokens = 0
  const pending: unknown[] = [root]
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value === 'string') tokens += estimateTextTokens(value)
    else if (Array.isArray(value)) {
      for (const item of value) if (item !== undefined) pending.push(item)
    } else if (isParent(value)) {
      const part = isSchema ? undefined : tokensOfPart(value)
      if (part !== undefined) {
        tokens += part
        continue
      }
      if ('role' in value) tokens += TOKENS_OF_A_MESSAGE
      for (const name in value) {
        if (isSchema) tokens += estimateTextTokens(name) + TOKENS_OF_A_FIELD
        else if (UNREAD_FIELDS.has(name)) continue
        pending.push(value[name])
      }
    } else tokens += 1
  }
  return tokens
}

/** Tokens of a picture, a sound, a file or a tool call whose arguments are not text; undefined for anything else. */
function tokensOfPart(part: JsonObject): number | undefined {
  switch (part.type ?? part.kind) {
    case 'image_url':
    case 'input_image':
    case 'image':
      return TOKENS_OF_A_PICTURE
    case 'input_audio':
      return Math.ceil(lengthOf(part.input_audio, 'data') / CHARACTERS_PER_TOKEN_OF_SOUND)
    case 'file':
      return tokensOfBytes(lengthOf(part.file, 'file_data'))
    case 'input_file':
      return tokensOfBytes(lengthOf(part, 'file_data'))
    case 'document': {
      const { source } = part
      if (!isParent(source) || source.type === 'text' || source.type === 'content') return undefined
      return tokensOfBytes(lengthOf(source, 'data'))
    }
    case 'tool_use':
      return TOKENS_OF_A_TOOL + tokensInside(part.name, false) + tokensInside(part.input, true)
    default:
      return undefined
  }
}

const tokensOfBytes = (base64Length: number): number =>
  base64Length === 0 ? TOKENS_OF_A_NAMED_FILE : Math.ceil(base64Length / CHARACTERS_PER_TOKEN_OF_A_FILE)

function tokensOfToolUse(tools: unknown): number {
  if (!Array.isArray(tools) || tools.length === 0) return 0
  const first: unknown = tools[0]
  const isAnthropic = isParent(first) && 'input_schema' in first
  return tools.length * TOKENS_OF_A_TOOL + (isAnthropic ? TOKENS_OF_TOOL_USE : 0)
}

function lengthOf(holder: unknown, field: string): number {
  const value = isParent(holder) ? holder[field] : undefined
  return typeof value === 'string' ? value.length : 0
}

const isParent = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null
