import type { ModelCall } from '../contracts/index.ts'
import type { CallerProtocol } from '../protocols/caller-protocol.ts'

/** The name of a field, as nearly everyone writes it, with its value. */
const MODEL_FIELD = /"model"\s*:\s*"([^"\\]*)"/y
const QUOTED_MODEL = '"model"'

/**
 * The JSON text of a call for a provider that speaks its protocol. Where nothing changes but the model, that is the
 * caller's own text with another name in it, as writing it anew takes as long as all that is decided.
 */
export function requestText(
  { body, text, stream }: ModelCall,
  model: string,
  protocol: CallerProtocol,
): string {
  const prepared = protocol.prepare(body, model, stream)
  if (text === undefined || !changesOnlyModel(body, prepared)) return JSON.stringify(prepared)
  if (body.model === model) return text
  const start = text.indexOf(QUOTED_MODEL)
  // Of several, the first may be inside something else.
  if (start === -1 || text.indexOf(QUOTED_MODEL, start + 1) !== -1) return JSON.stringify(prepared)
  MODEL_FIELD.lastIndex = start
  const [field, name] = MODEL_FIELD.exec(text) ?? []
  if (field === undefined || name !== body.model) return JSON.stringify(prepared)
  return `${text.slice(0, start)}"model":${JSON.stringify(model)}${text.slice(start + field.length)}`
}

function changesOnlyModel(body: ModelCall['body'], prepared: ModelCall['body']): boolean {
  for (const field in prepared) if (field !== 'model' && prepared[field] !== body[field]) return false
  return true
}
