import { StrataError } from '../../errors/index.ts'

/** What is used of `onnxruntime-node`; `onnxruntime-web` has the same. */
export interface OnnxRuntime {
  readonly Tensor: new (type: 'int64', data: BigInt64Array, dims: readonly number[]) => unknown
  readonly InferenceSession: {
    create(path: string, options: Readonly<Record<string, unknown>>): Promise<OnnxSession>
  }
}

/** A model that has been loaded. */
export interface OnnxSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(feeds: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, OnnxOutput>>>
  release(): Promise<void>
}

/** A tensor that a model gave. */
export interface OnnxOutput {
  readonly data: unknown
  readonly dims: readonly number[]
}

/** @throws StrataError `invalid_configuration` saying what to install */
export async function importOnnxRuntime(): Promise<OnnxRuntime> {
  try {
    // As a string of any content, so that the compiler does not look for a package that need not be there.
    const module = (await import('onnxruntime-node' as string)) as { default?: OnnxRuntime } & OnnxRuntime
    return module.InferenceSession ? module : (module.default as OnnxRuntime)
  } catch (error) {
    throw new StrataError(
      'invalid_configuration',
      `Expected the package onnxruntime-node, which runs ONNX models and is not part of this one, but ${error instanceof Error ? (error.message.split('\n')[0] as string) : String(error)}. Install it beside stratarouter: npm install onnxruntime-node`,
      { cause: error },
    )
  }
}
