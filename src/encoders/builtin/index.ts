import { StrataError } from '../../errors/index.ts'
import { parseModelFile } from './model-file.ts'
import { allocateModelMemory, type ModelMemory, StaticEncoder } from './static-encoder.ts'

export { type ModelFile, parseModelFile, verifyModelFile } from './model-file.ts'
export { StaticEncoder } from './static-encoder.ts'

/**
 * An encoder from the bytes of a weights file, which are copied.
 * @param simd false forces plain TypeScript (tests compare the two)
 * @throws StrataError `invalid_model` when the file is malformed
 */
export function createStaticEncoder(bytes: Uint8Array, simd = true): StaticEncoder {
  const memory = allocateModelMemory(bytes.length, simd)
  memory.file.set(bytes)
  return encoderIn(memory)
}

const encoderIn = ({ file, kernels }: ModelMemory) => new StaticEncoder(parseModelFile(file), kernels)

async function readModelFile(url: URL): Promise<ModelMemory> {
  try {
    // Not an import, so that bundles for browsers find nothing of Node to resolve.
    const files = globalThis.process?.getBuiltinModule?.('node:fs')
    if (files !== undefined && url.protocol === 'file:') return readFromDisk(files, url)
    const response = await fetch(url)
    if (!response.ok) throw new Error(`the server answered ${response.status}`)
    const bytes = new Uint8Array(await response.arrayBuffer())
    const memory = allocateModelMemory(bytes.length)
    memory.file.set(bytes)
    return memory
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StrataError(
      'file_not_found',
      `Expected the weights of the built-in encoder at ${url.href}, but ${reason}. Install the package again, or serve the file there.`,
      { cause: error },
    )
  }
}

/** Straight to where it is used: a buffer of 8 MB on the way would leave its traces in the size of the process. */
function readFromDisk(files: typeof import('node:fs'), url: URL): ModelMemory {
  const descriptor = files.openSync(url, 'r')
  try {
    const memory = allocateModelMemory(files.fstatSync(descriptor).size)
    let length = 0
    while (length < memory.file.length) {
      const read = files.readSync(descriptor, memory.file, length, memory.file.length - length, length)
      if (read === 0) throw new Error(`it ended after ${length} of ${memory.file.length} bytes`)
      length += read
    }
    return memory
  } finally {
    files.closeSync(descriptor)
  }
}

const modelUrl = () => new URL('./model/strata-encoder-1.bin', import.meta.url)
let loaded: Promise<StaticEncoder> | undefined
let ready: StaticEncoder | undefined

/**
 * The encoder that ships with the package: in Node from the file beside this module, elsewhere fetched from there.
 * Loaded once; all callers share it.
 * @throws StrataError `file_not_found` or `invalid_model`; the next call tries again
 * @remarks About 30 ms and 9 MB. The fingerprint is not verified; see `verifyModelFile`.
 */
export function loadBuiltinEncoder(): Promise<StaticEncoder> {
  loaded ??= readModelFile(modelUrl())
    .then((memory) => {
      ready ??= encoderIn(memory)
      return ready
    })
    .catch((error: unknown) => {
      loaded = undefined
      throw error
    })
  return loaded
}

/**
 * The same encoder without waiting: in Node read from the file, elsewhere only once `loadBuiltinEncoder` has resolved.
 * @throws StrataError `file_not_found` where it would have to be waited for, or when the file is missing
 */
export function builtinEncoder(): StaticEncoder {
  if (ready) return ready
  const files = globalThis.process?.getBuiltinModule?.('node:fs')
  const url = modelUrl()
  if (files === undefined || url.protocol !== 'file:') {
    throw new StrataError(
      'file_not_found',
      'The built-in encoder is not loaded yet, and here it can only be fetched. Await loadBuiltinEncoder() first, or hand an encoder over.',
    )
  }
  ready = encoderIn(readFromDisk(files, url))
  return ready
}
