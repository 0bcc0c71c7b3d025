import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { StrataError } from '../../errors/index.ts'
import { BertTokens } from './bert-tokens.ts'
import { OnnxEncoder } from './onnx-encoder.ts'
import { importOnnxRuntime, type OnnxRuntime } from './onnx-runtime.ts'

export type { OnnxEncoder } from './onnx-encoder.ts'
export type { OnnxOutput, OnnxRuntime, OnnxSession } from './onnx-runtime.ts'

/** Which sentence model to run. */
export interface OnnxEncoderOptions {
  /** Path of the ONNX file of a sentence model of the BERT kind, such as all-MiniLM-L6-v2, bge-small-en or e5-small. */
  readonly model: string
  /** Path of its WordPiece vocabulary (`vocab.txt`: one entry a line), or the entries in the order of their ids. */
  readonly vocabulary: string | readonly string[]
  /** For people. Default: the name of the model file. */
  readonly name?: string
  /** Longest sequence that the model reads, the two tokens around it counted, 3..8192. Default 256. */
  readonly maxTokens?: number
  /**
   * Texts of equal length that are run at once, 1..256. Default 1: a model that is quantised as it runs, as most int8
   * ones are, gives a text a slightly different vector in other company, and decisions would hang on that.
   */
  readonly batchSize?: number
  /** Threads of one run, 1..256. Default 1. */
  readonly threads?: number
  /** Default: the package `onnxruntime-node`, which has to be installed beside this one. */
  readonly runtime?: OnnxRuntime
}

/**
 * Loads a local sentence model; its vectors are the mean of the token vectors, of unit length.
 * @throws StrataError `invalid_configuration` without the package that runs it, `file_not_found`, `invalid_model`
 */
export async function loadOnnxEncoder(options: OnnxEncoderOptions): Promise<OnnxEncoder> {
  const maxTokens = wholeNumber('maxTokens', options.maxTokens ?? 256, 3, 8192)
  const batchSize = wholeNumber('batchSize', options.batchSize ?? 1, 1, 256)
  const threads = wholeNumber('threads', options.threads ?? 1, 1, 256)
  const runtime = options.runtime ?? (await importOnnxRuntime())
  const model = await read(options.model, 'ONNX model')
  const vocabulary =
    typeof options.vocabulary === 'string'
      ? (await read(options.vocabulary, 'vocabulary'))
          .toString('utf8')
          .replace(/\r?\n$/, '')
          .split(/\r?\n/)
      : options.vocabulary
  const name = options.name ?? basename(options.model)
  const hash = createHash('sha256').update(model)
  for (const entry of vocabulary) hash.update(`\n${entry}`)
  const fingerprint = hash.update(`\nmean of ${maxTokens}`).digest('hex')
  const tokens = new BertTokens(vocabulary, maxTokens)
  const session = await runtime.InferenceSession.create(options.model, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  }).catch((error: unknown) => {
    throw new StrataError(
      'invalid_model',
      `Expected an ONNX model at ${options.model}, but ${error instanceof Error ? error.message : String(error)}. Export or fetch it again.`,
      { cause: error },
    )
  })
  return OnnxEncoder.of({ name, fingerprint, runtime, session, tokens, batchSize })
}

function wholeNumber(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new StrataError(
    'invalid_configuration',
    `Expected ${name} to be a whole number from ${least} to ${most}, got ${String(value)}.`,
  )
}

async function read(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new StrataError(
      'file_not_found',
      `Expected the ${what} at ${path}, but ${error instanceof Error ? error.message : String(error)}. Check the path.`,
      { cause: error },
    )
  }
}
