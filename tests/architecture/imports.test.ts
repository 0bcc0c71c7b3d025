import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LAYERS, type Layer } from './layers.ts'
import { importsOf, readSourceFiles, repositoryRoot, type SourceFile } from './source-imports.ts'

const sources = readSourceFiles()

const isIn = (path: string, folder: string): boolean =>
  path === `src/${folder}` || path.startsWith(`src/${folder}/`)

function layerOf(path: string): Layer | undefined {
  return LAYERS.filter((layer) => isIn(path, layer.path)).sort((a, b) => b.path.length - a.path.length)[0]
}

/** What the table forbids of one file's imports, a line each. */
function violations({ path, files, packages, computed }: SourceFile): string[] {
  const layer = layerOf(path)
  if (layer === undefined) return [`${path} is in no layer of the table`]
  const allowed = [layer.path, ...layer.mayImport]
  return [
    ...files
      .filter((file) => !allowed.some((folder) => isIn(file, folder)))
      .map((file) => `${path} imports ${file}`),
    ...packages
      .filter((name) => (name.startsWith('node:') ? !layer.mayUseNode : !layer.packages.includes(name)))
      .map((name) => `${path} imports ${name}`),
    ...computed.map((code) => `${path} imports something computed: ${code}`),
  ]
}

describe('imports', () => {
  test('every file imports only what its layer may', () => {
    expect(sources.length).toBeGreaterThan(10)
    expect(sources.flatMap(violations)).toEqual([])
  })

  test('every folder and file directly under src is in the table', () => {
    const missing = readdirSync(join(repositoryRoot, 'src')).filter(
      (name) => !LAYERS.some(({ path }) => path === name || path.startsWith(`${name}/`)),
    )
    expect(missing).toEqual([])
  })

  test('what is imported exists', () => {
    const missing = sources.flatMap(({ path, files }) =>
      files
        .filter((file) => !file.endsWith('.wasm.ts') && !existsSync(join(repositoryRoot, file)))
        .map((file) => `${path} imports ${file}`),
    )
    expect(missing).toEqual([])
  })

  // An import that waits until something runs may point back: a table of commands, a command that lists them.
  test('no file loads itself through others', () => {
    expect(cycles(sources)).toEqual([])
  })
})

describe('the reader of imports', () => {
  test('sees every form of import, and no comment', () => {
    const source = `
      import { a } from './a.ts'
      import type {
        B,
      } from '../b.ts'
      import './c.ts'
      export * from './d.ts'
      export { e, type E } from "@scope/e/sub"
      import { readFileSync } from 'node:fs'
      const f = await import('./f.ts')
      new Worker(new URL('./g.ts', import.meta.url))
      const h = await import(name)
      // import { no } from './no.ts'
      /* import './no.ts' */
      const text = "from './no.ts'"
    `
    expect(importsOf('src/core/x.ts', source)).toEqual({
      path: 'src/core/x.ts',
      files: [
        'src/core/a.ts',
        'src/b.ts',
        'src/core/d.ts',
        'src/core/c.ts',
        'src/core/f.ts',
        'src/core/g.ts',
      ],
      atLoad: ['src/core/a.ts', 'src/b.ts', 'src/core/d.ts', 'src/core/c.ts'],
      packages: ['@scope/e', 'node:fs'],
      computed: ['import(name)'],
    })
  })

  test('a file in the wrong layer is a violation, and so is a cycle', () => {
    const file = (path: string, files: string[], packages: string[] = []): SourceFile => ({
      path,
      files,
      atLoad: files,
      packages,
      computed: [],
    })
    expect(violations(file('src/core/x.ts', ['src/app/y.ts'], ['re2js', 'node:fs']))).toHaveLength(3)
    expect(violations(file('src/core/rules/x.ts', ['src/core/y.ts'], ['re2js']))).toEqual([])
    expect(cycles([file('a', ['b']), file('b', ['c']), file('c', ['b'])])).toEqual(['b → c → b'])
  })
})

/** Each cycle once, as the files on it. */
function cycles(files: readonly SourceFile[]): string[] {
  const targets = new Map(files.map((file) => [file.path, file.atLoad]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path)
    if (start >= 0) {
      found.push([...trail.slice(start), path].join(' → '))
      return
    }
    if (done.has(path)) return
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const { path } of files) visit(path, [])
  return found
}
