// Builds dist/: the WASM kernels (AssemblyScript, inlined as base64), then the declarations of the library, then its code
// and that of the programs with everything they use inside, then the files that are data.
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildConsole } from './build-console.mjs'

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
  writeFileSync(
    inRoot('src/core/vectors/kernels.wasm.ts'),
    `// Written by scripts/build.mjs from kernels.as.ts.\nexport const kernelsBase64 =\n  '${kernels([])}'\n` +
      `export const relaxedKernelsBase64 =\n  '${kernels(['--enable', 'relaxed-simd'])}'\n`,
  )
}

function kernels(features) {
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
      ...features,
      '-O3',
      '--noAssert',
      '--importMemory',
      '--disable',
      'sign-extension',
    ],
  )
  const base64 = readFileSync(wasm).toString('base64')
  rmSync(folder, { recursive: true })
  return base64
}

const model = 'encoders/builtin/model'

/** Where the weights are, as seen from a chunk: the sources name the place from where they lie themselves. */
const findModel = {
  name: 'find-model',
  renderChunk(code, { fileName }) {
    const up = '../'.repeat(fileName.split('/').length - 1) || './'
    return code.replace(
      /(["'`])(?:\.\.?\/)+(?:encoders\/builtin\/)?model\/strata-encoder-1\.bin\1/g,
      `'${up}${model}/strata-encoder-1.bin'`,
    )
  },
}

/** A program text with a single wider character takes two bytes for every character in memory. */
const narrow = {
  name: 'narrow',
  renderChunk: (code) =>
    code.replace(/[^\0-\xff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
}

/** Packages that need not be there; whoever wants them installs them beside this one. */
const optionalPeers = ['onnxruntime-node', 'pg']

/** Bundles programs with the packages that they use; returns the folders of those packages. */
async function bundle(rolldown, entries, chunks) {
  const build = await rolldown({
    cwd: root,
    input: Object.fromEntries(entries.map((entry) => [entry, `src/${entry}.ts`])),
    platform: 'node',
    plugins: [findModel, narrow],
    external: optionalPeers,
    logLevel: 'warn',
  })
  const { output } = await build.write({
    dir: inRoot('dist'),
    format: 'esm',
    // Legible, as people meet it in stack traces.
    minify: false,
    comments: false,
    entryFileNames: '[name].js',
    chunkFileNames: `${chunks}/[name]-[hash].js`,
  })
  const modules = output.flatMap((chunk) => ('moduleIds' in chunk ? chunk.moduleIds : []))
  return modules.flatMap((id) => id.match(/^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/) ?? [])
}

/** Deletes the declarations that no entry leads to: they are of code that is loaded later, and of the packages inside. */
function pruneDeclarations(entries) {
  const reached = new Set()
  const pending = entries.map((entry) => inRoot('dist', `${entry}.d.ts`))
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (reached.has(file)) continue
    reached.add(file)
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/\b(?:from |import\()'(\.[^']+)\.ts'/g)) {
      pending.push(`${join(dirname(file), specifier)}.d.ts`)
    }
  }
  for (const entry of readdirSync(inRoot('dist'), { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name)
    if (entry.name.endsWith('.d.ts') && !reached.has(file)) rmSync(file)
  }
}

/** What the licences of the packages inside ask for: their text, with every copy. */
function writeLicences(folders) {
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
    const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`
    return `${name} ${version} (${license})\n\n${text}\n`
  })
  writeFileSync(inRoot('dist', 'THIRD-PARTY-LICENCES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`))
}

compileKernels()
if (!process.argv.includes('--kernels-only')) {
  const { rolldown } = await import('rolldown')
  rmSync(inRoot('dist'), { recursive: true, force: true })
  mkdirSync(inRoot('dist'))
  run(['typescript', 'bin', 'tsc'], ['-p', 'tsconfig.build.json'])
  const { files } = JSON.parse(readFileSync(inRoot('tsconfig.build.json'), 'utf8'))
  const library = files.map((file) => file.replace(/^src\/|\.ts$/g, ''))
  pruneDeclarations(library)
  const folders = [
    ...(await bundle(rolldown, library, 'chunks')),
    ...(await bundle(
      rolldown,
      [
        'cli/main',
        'app/fit-process',
        'app/lint-process',
        'app/cascade-process',
        'server/workers/worker-process',
      ],
      'programs',
    )),
  ]
  writeLicences(folders)
  await buildConsole(rolldown, inRoot('console', 'src'), inRoot('dist', 'console'))
  mkdirSync(inRoot('dist', model))
  for (const file of ['strata-encoder-1.bin', 'MODEL_CARD.md']) {
    copyFileSync(inRoot('src', model, file), inRoot('dist', model, file))
  }
}
