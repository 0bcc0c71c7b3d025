import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
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
      ]),
    )
    expect(
      files.filter((path) => /\btests?\b|\.build-stamp|parity|\.tsv$|\.as\.|\.ts$(?<!\.d\.ts)/.test(path)),
    ).toEqual([])
  })

  it('has every file that it exports or runs', () => {
    const manifest = JSON.parse(readFileSync(installed('package.json'), 'utf8'))
    const exported = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry as Record<string, string>),
    )
    const named = [...exported, ...Object.values(manifest.bin as Record<string, string>)]
    expect(named.length).toBeGreaterThan(6)
    expect(named.filter((path) => !existsSync(installed(path)))).toEqual([])
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
