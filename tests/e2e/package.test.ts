import { execFile, execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
let folder: string
let files: readonly string[]

/** The package as npm packs it, unpacked in a `node_modules` that holds nothing else. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stratarouter-package-'))
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  const listing = execFileSync(npm, ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [packed] = Object.values(JSON.parse(listing)) as { filename: string; files: { path: string }[] }[]
  files = packed?.files.map(({ path }) => path) ?? []
  execFileSync('tar', ['-xzf', join(folder, packed?.filename ?? ''), '-C', modules])
  execFileSync('mv', [join(modules, 'package'), join(modules, 'stratarouter')])
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A module and those that are loaded with it. */
function loadedWith(file: string, seen = new Set<string>()): readonly string[] {
  if (seen.has(file)) return []
  seen.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^;]*?"(\.[^"]+)"/gm)
  for (const [, specifier] of imports) loadedWith(join(dirname(file), specifier ?? ''), seen)
  return [...seen]
}

const installed = (...parts: string[]) => join(folder, 'node_modules', 'stratarouter', ...parts)

describe('the package', () => {
  it('holds what its users need and nothing that only its makers do', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'package.json',
        'README.md',
        'LICENSE',
        'NOTICE',
        'dist/index.js',
        'dist/browser.js',
        'dist/index.d.ts',
        'dist/cli/main.js',
        'dist/app/cascade-process.js',
        'dist/app/fit-process.js',
        'dist/app/lint-process.js',
        'dist/console/index.html',
        'dist/THIRD-PARTY-LICENCES.txt',
        'dist/encoders/builtin/model/strata-encoder-1.bin',
        'dist/encoders/builtin/model/MODEL_CARD.md',
        'examples/support-desk.routes.yaml',
        'examples/failover/run.mjs',
        'examples/failover/README.md',
      ]),
    )
    expect(
      files.filter((path) => /\btests?\b|\.build-stamp|parity|\.tsv$|\.as\.|\.ts$(?<!\.d\.ts)/.test(path)),
    ).toEqual([])
  })

  it('has every file that it exports or runs', () => {
    const manifest = JSON.parse(readFileSync(installed('package.json'), 'utf8'))
    const filesOf = (entry: unknown): readonly string[] =>
      typeof entry === 'string' ? [entry] : Object.values(entry as object).flatMap(filesOf)
    const exported = filesOf(manifest.exports)
    const named = [...exported, ...Object.values(manifest.bin as Record<string, string>)]
    expect(named.length).toBeGreaterThan(6)
    expect(named.filter((path) => !existsSync(installed(path)))).toEqual([])
  })

  it('loads from every entry without another package, and carries calls without a server', () => {
    const { exports } = JSON.parse(readFileSync(installed('package.json'), 'utf8'))
    const entries = Object.keys(exports)
      .filter((name) => name !== './package.json' && name !== './encoders/onnx')
      .map((name) => name.replace('.', 'stratarouter'))
    expect(entries).toEqual(
      expect.arrayContaining([
        'stratarouter',
        'stratarouter/ai',
        'stratarouter/execution',
        'stratarouter/runtime',
      ]),
    )
    const program = `
      for (const entry of ${JSON.stringify(entries)}) await import(entry)
      const { createRuntime } = await import('stratarouter')
      const runtime = createRuntime({ providers: { static: { text: 'hi' } }, models: { m: { provider: 'static' } } })
      console.log((await runtime.execute({ text: 'hello', model: 'm' })).response)
      await runtime.close()
    `
    const words = ['--input-type=module', '--eval', program]
    const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' })
    expect({ stdout, stderr }).toEqual({ stdout: 'hi\n', stderr: '' })
  })

  it('gives browsers, bundled or not, a main entry with nothing of Node in it', async () => {
    for (const name of ['index.js', 'browser.js']) {
      const loaded = loadedWith(installed('dist', name))
      expect(loaded.length).toBeGreaterThan(3)
      const ofNode = loaded.filter((file) => /\bfrom "node:|^import "node:/m.test(readFileSync(file, 'utf8')))
      expect(ofNode).toEqual([])
    }
    const page = join(folder, 'page.mjs')
    writeFileSync(page, "import { createRouter } from 'stratarouter'\nconsole.log(createRouter)\n")
    const bundle = await rolldown({ input: page, platform: 'browser', logLevel: 'silent' })
    const { output } = await bundle.generate({ format: 'esm' })
    const code = output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('\n')
    expect(code).toContain('createRouter')
    expect(code).not.toMatch(/["']node:(?!fs["'])|undici/)
  })

  it('runs the program of the README where it is installed', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    const block = (info: string) => readme.split(`\`\`\`${info}\n`)[1]?.split('```')[0] ?? ''
    writeFileSync(join(folder, 'route.mjs'), block('js route.mjs'))
    const { stdout, stderr } = spawnSync(process.execPath, ['route.mjs'], { cwd: folder, encoding: 'utf8' })
    // That the numbers are those of the README is checked with the sources, which the build may lag behind.
    const routes = (text: string) => text.replace(/ \([\d.]+\)$/gm, '')
    expect({ stdout: routes(stdout), stderr }).toEqual({
      stdout: routes(block('text route.mjs.output')),
      stderr: '',
    })
  })

  it('runs its command where it is installed', () => {
    const main = installed('dist', 'cli', 'main.js')
    expect(dirname(main)).not.toContain(root)
    const { status, stdout } = spawnSync(process.execPath, [main, '--help'], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(status).toBe(0)
    expect(stdout).toContain('serve')
  })
})

/** Whoever runs the tests may have keys of providers in the environment, which must not be used. */
const run = (words: readonly string[]) =>
  promisify(execFile)(process.execPath, words, { cwd: folder, env: { PATH: process.env.PATH } })
const examples = readdirSync(join(root, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

it('has an example for each way to carry calls to models', () => {
  expect(examples).toEqual(['agent-switchboard', 'ai-sdk-app', 'failover', 'multi-tenant-gateway'])
})

describe.each(examples)('the example %s', (name) => {
  const readme = readFileSync(join(root, 'examples', name, 'README.md'), 'utf8')

  it('is described on one screen, with the command that runs it', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(60)
    expect(readme).toContain(`node examples/${name}/run.mjs`)
  })

  it('prints what its description says, where the package is installed', async () => {
    const modules = installed('examples', name, 'node_modules')
    if (name === 'ai-sdk-app') {
      mkdirSync(modules)
      for (const needed of ['ai', 'zod'])
        symlinkSync(join(root, 'node_modules', needed), join(modules, needed))
    }
    const expected = readme.split('```text\n')[1]?.split('```')[0]
    const { stdout, stderr } = await run([installed('examples', name, 'run.mjs')])
    expect({ stdout, stderr }).toEqual({ stdout: expected, stderr: '' })
  })
})

it('the program of the guide to calls without a server prints what the guide says', async () => {
  const guide = readFileSync(join(root, 'docs/guides/without-a-server.md'), 'utf8')
  const block = (info: string) => guide.split(`\`\`\`${info}\n`)[1]?.split('```')[0] ?? ''
  const { stdout } = await run(['--input-type=module', '--eval', block('js runtime.mjs')])
  expect(stdout).toBe(block('text runtime.mjs.output'))
})
