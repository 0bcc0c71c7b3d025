import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { importsOf, repositoryRoot, typeScriptPaths } from './source-imports.ts'

/** What package.json exports: their names are for users. */
const PUBLIC = [
  'src/index.ts',
  'src/browser.ts',
  'src/core/index.ts',
  'src/encoders/builtin/index.ts',
  'src/encoders/onnx/index.ts',
  'src/encoders/openai-compatible/index.ts',
  'src/ai/index.ts',
  'src/execution/index.ts',
  'src/library/index.ts',
  'src/testing/index.ts',
]

/** The names that the text of a file exports. */
function exportsOf(source: string): string[] {
  const declared = [...source.matchAll(DECLARATION)].map((match) => match[1] ?? '')
  const listed = [...source.matchAll(LIST)].flatMap((match) => (match[1] ?? '').split(','))
  const names = listed.map((entry) => entry.trim().split(/\s+/).at(-1) ?? '')
  return [...declared, ...names.filter((name) => name !== '')]
}

const DECLARATION = /^export (?:async )?(?:function\*?|const|let|class|interface|type) (\w+)/gm
const LIST = /^export (?:type )?\{([^}]*)\}/gm

/** Exports that no other file names, although it may import the file they are in. */
function needlessExports(sources: ReadonlyMap<string, string>): string[] {
  const importers = new Map<string, string[]>()
  for (const [path, source] of sources) {
    for (const file of importsOf(path, source).files) {
      importers.set(file, [...(importers.get(file) ?? []), source])
    }
  }
  const isNamed = (name: string, path: string) =>
    importers.get(path)?.some((source) => new RegExp(`\\b${name}\\b`).test(source)) ?? false
  return (
    [...sources]
      // What `*.as.ts` exports is looked up by name in the compiled module.
      .filter(([path]) => path.startsWith('src/') && !path.endsWith('.as.ts') && !PUBLIC.includes(path))
      .flatMap(([path, source]) =>
        exportsOf(source)
          .filter((name) => !isNamed(name, path))
          .map((name) => `${path} exports ${name}`),
      )
  )
}

test('nothing is exported for nobody', () => {
  const paths = ['src', 'tests', 'benchmarks', 'scripts'].flatMap(typeScriptPaths)
  const sources = new Map(paths.map((path) => [path, readFileSync(join(repositoryRoot, path), 'utf8')]))
  expect(needlessExports(sources)).toEqual([])
})

test('an export counts as needed where another file names it, through a list of exports too', () => {
  const sources = new Map([
    ['src/a.ts', 'export const used = 1\nexport interface Listed {}\nexport async function unused() {}'],
    ['src/list.ts', "export { type Listed, used as renamed } from './a.ts'"],
    ['tests/b.test.ts', "import type { Listed } from '../src/list.ts'"],
    ['tests/c.test.ts', 'const unused = 1'],
  ])
  expect(needlessExports(sources)).toEqual(['src/a.ts exports unused', 'src/list.ts exports renamed'])
})
