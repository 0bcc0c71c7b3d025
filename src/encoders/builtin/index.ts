import { StrataError } from '../../errors/index.ts'
import { parseModelFile } from './model-file.ts'
import { StaticEncoder } from './static-encoder.ts'

export { parseModelFile, verifyModelFile } from './model-file.ts'
export { StaticEncoder } from './static-encoder.ts'

/**
 * An encoder from the bytes of a weights file.
 * @throws StrataError `invalid_model` when the file is malformed
 */
export function createStaticEncoder(bytes: Uint8Array): StaticEncoder {
  return new StaticEncoder(parseModelFile(bytes))
}

async function readModelFile(url: URL): Promise<Uint8Array> {
  try {
    // Not an import, so that bundles for browsers find nothing of Node to resolve.
    const files = globalThis.process?.getBuiltinModule?.('node:fs/promises')
    if (files !== undefined && url.protocol === 'file:') return await files.readFile(url)
    const response = await fetch(url)
    if (!response.ok) throw new Error(`the server answered ${response.status}`)
    return new Uint8Array(await response.arrayBuffer())
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StrataError(
      'file_not_found',
      `Expected the weights of the built-in encoder at ${url.href}, but ${reason}. Install the package again, or serve the file there.`,
      { cause: error },
    )
  }
}

let loaded: Promise<StaticEncoder> | undefined

/**
 * The encoder that ships with the package: in Node from the file beside this module, elsewhere fetched from there.
 * Loaded once; all callers share it.
 * @throws StrataError `file_not_found` or `invalid_model`; the next call tries again
 * @remarks About 30 ms and 9 MB. The fingerprint is not verified; see `verifyModelFile`.
 */
export function loadBuiltinEncoder(): Promise<StaticEncoder> {
  loaded ??= readModelFile(new URL('./model/strata-encoder-1.bin', import.meta.url))
    .then(createStaticEncoder)
    .catch((error: unknown) => {
      loaded = undefined
      throw error
    })
  return loaded
}
