import type { LanguageModelV4CallOptions, SharedV4Warning } from '@ai-sdk/provider'
import type { ResponseFormat, ToolChoice, ToolDefinition } from '../contracts/index.ts'
import { StrataError } from '../errors/index.ts'
import type { ExecuteOptions } from '../library/execution-types.ts'
import { METADATA_NAME } from './metadata-name.ts'
import { promptMessages } from './prompt-messages.ts'

interface ReadOptions {
  readonly options: ExecuteOptions
  readonly warnings: SharedV4Warning[]
}

/**
 * A call of the AI SDK as one of a runtime.
 * @throws StrataError `untranslatable`, `invalid_request`
 */
export function callOptions(model: string, call: LanguageModelV4CallOptions): ReadOptions {
  const warnings: SharedV4Warning[] = []
  const tools: ToolDefinition[] = []
  for (const tool of call.tools ?? []) {
    if (tool.type === 'function') {
      tools.push({
        name: tool.name,
        ...(tool.description === undefined ? {} : { description: tool.description }),
        parameters: { ...tool.inputSchema },
        ...(tool.strict === undefined ? {} : { strict: tool.strict }),
      })
    } else warnings.push({ type: 'unsupported', feature: `the tool ${tool.id}, which only its provider has` })
  }
  for (const name of Object.keys(call.headers ?? {})) {
    // The SDK names itself in every call.
    if (name.toLowerCase() !== 'user-agent')
      warnings.push({ type: 'unsupported', feature: `the header ${name}` })
  }
  const options: { -readonly [Name in keyof ExecuteOptions]: ExecuteOptions[Name] | undefined } = {
    model,
    messages: promptMessages(call.prompt),
    signal: call.abortSignal,
    tools: tools.length > 0 ? tools : undefined,
    toolChoice: tools.length > 0 ? toolChoice(call.toolChoice) : undefined,
    maxOutputTokens: call.maxOutputTokens,
    temperature: call.temperature,
    topP: call.topP,
    topK: call.topK,
    stop: call.stopSequences,
    seed: call.seed,
    frequencyPenalty: call.frequencyPenalty,
    presencePenalty: call.presencePenalty,
    responseFormat: responseFormat(call.responseFormat),
    reasoning:
      call.reasoning === undefined || call.reasoning === 'provider-default'
        ? undefined
        : { effort: call.reasoning },
    ...ownOptions(call.providerOptions?.[METADATA_NAME] ?? {}),
  }
  return { options: given(options), warnings }
}

/** The fields that have a value. */
function given(options: { readonly [Name in keyof ExecuteOptions]: ExecuteOptions[Name] | undefined }) {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as ExecuteOptions
}

const OWN = ['session', 'tenant', 'user'] as const

/** `providerOptions.stratarouter`. */
function ownOptions(
  fields: Readonly<Record<string, unknown>>,
): Partial<Record<(typeof OWN)[number], string>> {
  const own: Partial<Record<(typeof OWN)[number], string>> = {}
  for (const [name, value] of Object.entries(fields)) {
    const known = OWN.find((one) => one === name)
    if (known === undefined || typeof value !== 'string') {
      const path = `providerOptions.${METADATA_NAME}.${name}`
      const message = `expected ${OWN.join(', ')}, each a text`
      throw new StrataError('invalid_request', `${path}: ${message}.`, { details: [{ path, message }] })
    }
    own[known] = value
  }
  return own
}

function toolChoice(choice: LanguageModelV4CallOptions['toolChoice']): ToolChoice | undefined {
  if (choice === undefined) return undefined
  return choice.type === 'tool' ? { name: choice.toolName } : choice.type
}

function responseFormat(format: LanguageModelV4CallOptions['responseFormat']): ResponseFormat | undefined {
  if (format === undefined || format.type === 'text') return undefined
  if (format.schema === undefined) return { kind: 'json' }
  return { kind: 'schema', name: format.name ?? 'answer', schema: { ...format.schema }, strict: true }
}
