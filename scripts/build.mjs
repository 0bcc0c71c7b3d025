// Builds dist/: the WASM kernels (AssemblyScript, inlined as base64), then TypeScript, then the files that are data.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const inRoot = (...parts) => join(root, ...parts)

function run(script, args) {
  const result = spawnSync(process.execPath, [inRoot('node_modules', ...script), ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  if (result.status !== 0) process.exit(result.status ?? 1)
}

function compileKernels() {
  const folder = mkdtempSync(join(tmpdir(), 'stratarouter-kernels-'))
  const wasm = join(folder, 'kernels.wasm')
  run(
    ['assemblyscript', 'bin', 'asc.js'],
    [
      'src/core/vectors/kernels.as.ts',
      '--outFile',
      wasm,
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '-O3',
      '--noAssert',
      '--importMemory',
      '--disable',
      'sign-extension',
    ],
  )
  const base64 = readFileSync(wasm).toString('base64')
  rmSync(folder, { recursive: true })
  writeFileSync(
    inRoot('src/core/vectors/kernels.wasm.ts'),
    `// Written by scripts/build.mjs from kernels.as.ts.\nexport const kernelsBase64 =\n  '${base64}'\n`,
  )
}

compileKernels()
if (!process.argv.includes('--kernels-only')) {
  rmSync(inRoot('dist'), { recursive: true, force: true })
  mkdirSync(inRoot('dist'))
  run(['typescript', 'bin', 'tsc'], ['-p', 'tsconfig.build.json'])
  const model = 'encoders/builtin/model'
  mkdirSync(inRoot('dist', model))
  for (const file of ['strata-encoder-1.bin', 'MODEL_CARD.md']) {
    copyFileSync(inRoot('src', model, file), inRoot('dist', model, file))
  }
}
