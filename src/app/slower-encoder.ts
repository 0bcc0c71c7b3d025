import type { Config } from '../config/index.ts'
import type { AsyncEncoder } from '../contracts/index.ts'
import { loadOnnxEncoder } from '../encoders/onnx/index.ts'
import { loadOpenAiEncoder } from '../encoders/openai-compatible/index.ts'
import { StrataError } from '../errors/index.ts'

export type EncoderSettings = Config['encoder']

/**
 * The encoder that is asked where the built-in one is unsure; undefined where there is none.
 * @throws StrataError `invalid_configuration` saying what is missing, `file_not_found`, `invalid_model`, `encoder_failed`
 */
export async function loadSlowerEncoder(settings: EncoderSettings): Promise<AsyncEncoder | undefined> {
  const { kind, modelFile, vocabularyFile, model, baseUrl, apiKey, dimensions, batchWindowMs } = settings
  if (kind === 'builtin') return undefined
  if (kind === 'onnx') {
    return loadOnnxEncoder({
      model: needed(kind, 'modelFile', modelFile),
      vocabulary: needed(kind, 'vocabularyFile', vocabularyFile),
    })
  }
  return loadOpenAiEncoder({
    model: needed(kind, 'model', model),
    baseUrl,
    batchWindowMs,
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(dimensions === undefined ? {} : { dimensions }),
  })
}

function needed(kind: string, name: string, value: string | undefined): string {
  if (value !== undefined) return value
  throw new StrataError(
    'invalid_configuration',
    `Expected encoder.${name} with encoder.kind: ${kind}, got nothing. Set it, or leave encoder.kind out.`,
    { details: [{ path: `encoder.${name}`, message: 'required' }] },
  )
}
