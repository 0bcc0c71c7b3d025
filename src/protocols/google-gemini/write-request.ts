import type {
  ChatMessage,
  ChatPart,
  ChatRequest,
  ImagePart,
  JsonObject,
  ToolChoice,
  ToolResultPart,
} from '../../contracts/index.ts'
import { given, isObject } from '../json-fields.ts'
import { Losses } from '../losses.ts'
import { budgetOfEffort, effortOfBudget } from '../reasoning-effort.ts'
import { signatureOf } from '../signatures.ts'

// Gemini 3 and later refuse an earlier tool call that has no signature, as those of other models have none; these words
// are taken instead. See https://ai.google.dev/gemini-api/docs/thought-signatures
const NO_SIGNATURE = 'skip_thought_signature_validator'

/**
 * The body of `generateContent` and `streamGenerateContent`; model and streaming are told by the address.
 * System messages, wherever they are, become the system instruction in their order; messages of the same side are joined.
 * @throws StrataError `untranslatable`
 */
export function writeGeminiRequest(request: ChatRequest, model: string): JsonObject {
  const losses = new Losses()
  if (request.parallelToolCalls === false && request.tools !== undefined) {
    losses.add('parallel_tool_calls', 'Gemini may always call several tools', false)
  }
  const system = request.messages.flatMap((message, index) => {
    if (message.role !== 'system') return []
    return message.content.flatMap((part) => {
      if (part.kind === 'text') return [{ text: part.text }]
      losses.add(`messages[${index}]`, 'a system prompt is text', part.kind)
      return []
    })
  })
  const contents = writeContents(request.messages, losses)
  losses.throwIfAny('the Gemini interface')
  const config = writeConfig(request, model)
  return given<Record<string, unknown>>({
    systemInstruction: system.length === 0 ? undefined : { parts: system },
    contents,
    tools: writeTools(request),
    toolConfig:
      request.toolChoice === undefined || request.tools === undefined
        ? undefined
        : { functionCallingConfig: writeToolChoice(request.toolChoice) },
    generationConfig: Object.keys(config).length === 0 ? undefined : config,
  })
}

function writeConfig(request: ChatRequest, model: string): JsonObject {
  const { responseFormat: format } = request
  return given<Record<string, unknown>>({
    maxOutputTokens: request.maxOutputTokens,
    temperature: request.temperature,
    topP: request.topP,
    topK: request.topK,
    stopSequences: request.stop,
    seed: request.seed,
    frequencyPenalty: request.frequencyPenalty,
    presencePenalty: request.presencePenalty,
    responseMimeType: format === undefined || format.kind === 'text' ? undefined : 'application/json',
    responseJsonSchema: format?.kind === 'schema' ? format.schema : undefined,
    thinkingConfig: writeReasoning(request.reasoning, model),
  })
}

/** Models up to 2.5 are told tokens of thought, later ones a level. */
function writeReasoning(reasoning: ChatRequest['reasoning'], model: string): JsonObject | undefined {
  if (reasoning === undefined) return undefined
  const effort = reasoning.effort ?? effortOfBudget(reasoning.budgetTokens ?? 0)
  if (/gemini-[12]\b/.test(model)) {
    const thinkingBudget = reasoning.budgetTokens ?? budgetOfEffort(effort)
    return { thinkingBudget, includeThoughts: thinkingBudget > 0 }
  }
  // There is no level without any thought.
  const level = effort === 'none' ? 'minimal' : effort === 'xhigh' || effort === 'max' ? 'high' : effort
  return { thinkingLevel: level.toUpperCase(), includeThoughts: effort !== 'none' }
}

function writeTools({ tools }: ChatRequest): readonly JsonObject[] | undefined {
  if (tools === undefined) return undefined
  return [
    {
      functionDeclarations: tools.map(({ name, description, parameters }) =>
        given<Record<string, unknown>>({ name, description, parametersJsonSchema: parameters }),
      ),
    },
  ]
}

function writeToolChoice(choice: ToolChoice): JsonObject {
  if (choice === 'auto') return { mode: 'AUTO' }
  if (choice === 'none') return { mode: 'NONE' }
  return choice === 'required' ? { mode: 'ANY' } : { mode: 'ANY', allowedFunctionNames: [choice.name] }
}

function writeContents(messages: readonly ChatMessage[], losses: Losses): readonly JsonObject[] {
  const turns: { role: 'user' | 'model'; parts: JsonObject[] }[] = []
  // A result is told with the name of its tool, which the other protocols tell only with the call.
  const names = new Map<string, string>()
  messages.forEach((message, index) => {
    if (message.role === 'system') return
    const role = message.role === 'assistant' ? 'model' : 'user'
    const parts = writeParts(message.content, names, `messages[${index}]`, losses)
    const last = turns.at(-1)
    if (last?.role === role) last.parts.push(...parts)
    else if (parts.length > 0) turns.push({ role, parts: [...parts] })
  })
  return turns
}

function writeParts(
  content: readonly ChatPart[],
  names: Map<string, string>,
  path: string,
  losses: Losses,
): readonly JsonObject[] {
  const parts: JsonObject[] = []
  // Gemini signs the part that follows its thoughts.
  let signature: string | undefined
  let isFirstCall = true
  for (const part of content) {
    switch (part.kind) {
      case 'reasoning':
        signature = signatureOf('google', part.signature) ?? signature
        break
      case 'text':
        if (part.text === '') break
        parts.push(signed({ text: part.text }, signature))
        signature = undefined
        break
      case 'image':
        parts.push(writeImage(part))
        break
      case 'tool-call': {
        names.set(part.id, part.name)
        const functionCall = {
          id: part.id,
          name: part.name,
          args: writeArguments(part.arguments, path, losses),
        }
        // Of several calls at once only the first is signed.
        parts.push(signed({ functionCall }, signature ?? (isFirstCall ? NO_SIGNATURE : undefined)))
        signature = undefined
        isFirstCall = false
        break
      }
      case 'tool-result':
        parts.push(writeResult(part, names, path, losses))
    }
  }
  return parts
}

function signed(part: JsonObject, signature: string | undefined): JsonObject {
  return signature === undefined ? part : { ...part, thoughtSignature: signature }
}

function writeResult(
  part: ToolResultPart,
  names: ReadonlyMap<string, string>,
  path: string,
  losses: Losses,
): JsonObject {
  const name = names.get(part.id)
  if (name === undefined) losses.add(path, 'the result of a tool that was not called before', part.id)
  if (part.content.some(({ kind }) => kind === 'image')) {
    losses.add(path, 'the result of a tool can only be text')
  }
  const text = part.content.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('\n')
  const response = part.isError === true ? { error: text } : (objectOf(text) ?? { output: text })
  return { functionResponse: { id: part.id, name: name ?? '', response } }
}

function writeImage(image: ImagePart): JsonObject {
  if (image.url === undefined) {
    return { inlineData: { mimeType: image.mediaType ?? 'image/png', data: image.base64 ?? '' } }
  }
  const mimeType = image.mediaType ?? mediaTypeOf(image.url)
  return { fileData: given<Record<string, unknown>>({ mimeType, fileUri: image.url }) }
}

/** By the ending of an address; undefined where it tells nothing. */
function mediaTypeOf(url: string): string | undefined {
  const ending = /\.(png|jpe?g|webp|gif|heic|heif)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase()
  if (ending === undefined) return undefined
  return `image/${ending === 'jpg' ? 'jpeg' : ending}`
}

function writeArguments(json: string, path: string, losses: Losses): JsonObject {
  if (json.trim() === '') return {}
  const args = objectOf(json)
  if (args === undefined) losses.add(path, 'the arguments of a tool call must be a JSON object', json)
  return args ?? {}
}

function objectOf(json: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return isObject(value) ? value : undefined
  } catch {
    // Plain text, or what a model wrote wrongly.
    return undefined
  }
}
