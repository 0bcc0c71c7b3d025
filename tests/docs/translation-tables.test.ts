import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { JsonObject, Protocol } from '../../src/contracts/index.ts'
import { anthropicMessagesTranslation } from '../../src/protocols/anthropic-messages/translation.ts'
import { callerProtocols } from '../../src/protocols/caller-protocols.ts'
import { googleGeminiTranslation } from '../../src/protocols/google-gemini/translation.ts'
import {
  HARMLESS_IN_CHAT,
  HARMLESS_IN_MESSAGES,
  HARMLESS_IN_PARTS,
  HARMLESS_IN_RESPONSES,
} from '../../src/protocols/harmless-fields.ts'
import { openaiChatTranslation } from '../../src/protocols/openai-chat/translation.ts'
import type { ProviderProtocol } from '../../src/protocols/provider-protocol.ts'
import { repositoryRoot } from './markdown-links.ts'

const guide = readFileSync(join(repositoryRoot, 'docs', 'guides', 'providers.md'), 'utf8')

/** The rows of the table below a line that begins with a header cell. */
function rowsBelow(header: string): string[][] {
  const table = guide.slice(guide.indexOf(`| ${header} |`)).split('\n\n')[0] as string
  return table
    .split('\n')
    .slice(2)
    .map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))
}

const inCode = (cell: string): JsonObject => JSON.parse(cell.replace(/^`|`$/g, ''))

const CALLERS: Readonly<Record<string, { readonly protocol: Protocol; readonly body: JsonObject }>> = {
  'chat completions': {
    protocol: 'openai-chat',
    body: { model: 'm', messages: [{ role: 'user', content: 'hello' }] },
  },
  Responses: { protocol: 'openai-responses', body: { model: 'm', input: 'hello' } },
  Messages: {
    protocol: 'anthropic-messages',
    body: { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] },
  },
}

const PROVIDERS: Readonly<Record<string, ProviderProtocol>> = {
  Anthropic: anthropicMessagesTranslation,
  Gemini: googleGeminiTranslation,
  OpenAI: openaiChatTranslation,
}

const untranslatable = expect.objectContaining({ code: 'untranslatable' })

describe('the tables of docs/guides/providers.md', () => {
  it('name every field that a translation leaves out', () => {
    const rows = Object.fromEntries(
      rowsBelow('in | left out').map(([where, fields = '']) => [
        where,
        [...fields.matchAll(/`([^`]+)`/g)].map(([, field]) => field),
      ]),
    )
    expect(rows).toEqual({
      'chat completions': [...HARMLESS_IN_CHAT],
      Responses: [...HARMLESS_IN_RESPONSES],
      Messages: [...HARMLESS_IN_MESSAGES],
      'messages, parts, tools and items of any': [...HARMLESS_IN_PARTS],
    })
  })

  it.each(rowsBelow('caller | refused | such as'))('tell what is refused of %s: %s', (caller, _, example) => {
    const { protocol, body } = CALLERS[caller as string] as (typeof CALLERS)[string]
    const { readRequest } = callerProtocols[protocol]
    expect(() => readRequest(body)).not.toThrow()
    expect(() => readRequest({ ...body, ...inCode(example as string) })).toThrow(untranslatable)
  })

  it.each(rowsBelow('provider | refused | such as, in chat completions'))(
    'tell what %s cannot be told: %s',
    (provider, _, example) => {
      const { body } = CALLERS['chat completions'] as (typeof CALLERS)[string]
      const request = callerProtocols['openai-chat'].readRequest({ ...body, ...inCode(example as string) })
      const { writeRequest } = PROVIDERS[provider as string] as ProviderProtocol
      expect(() => writeRequest(request, 'm')).toThrow(untranslatable)
    },
  )
})
