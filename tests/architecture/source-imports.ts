import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repositoryRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** One file of `src` and what it imports, statically, dynamically or by URL. */
export interface SourceFile {
  /** From the repository's root, with `/`: `src/core/router.ts`. */
  readonly path: string
  /** Paths of files in the repository. */
  readonly files: readonly string[]
  /** Those of them that are imported when the file itself is, not only when something in it runs. */
  readonly atLoad: readonly string[]
  /** Names of packages, and `node:` modules. */
  readonly packages: readonly string[]
  /** Imports whose target is computed, which no table can check. */
  readonly computed: readonly string[]
}

/** Every TypeScript file of `src` that ships: tests are left out. */
export function readSourceFiles(): SourceFile[] {
  return typeScriptPaths('src')
    .filter((path) => !/\.(?:test|as|wasm)\.ts$/.test(path))
    .map((path) => importsOf(path, readFileSync(join(repositoryRoot, path), 'utf8')))
}

/** Paths of the TypeScript files below a folder, from the repository's root, in order. */
export function typeScriptPaths(folder: string): string[] {
  return readdirSync(join(repositoryRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(repositoryRoot, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('node_modules/'))
    .sort()
}

/** What the text of a file imports. */
export function importsOf(path: string, source: string): SourceFile {
  const code = withoutComments(source)
  const specifiersOf = (patterns: readonly RegExp[]) =>
    patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? ''))
  const resolved = (specifiers: readonly string[]) => [
    ...new Set(
      specifiers
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => join(dirname(path), specifier).split(sep).join('/')),
    ),
  ]
  const specifiers = specifiersOf([...STATIC_IMPORTS, ...LATER_IMPORTS])
  const packages = specifiers.filter((specifier) => !specifier.startsWith('.')).map(packageName)
  return {
    path,
    files: resolved(specifiers),
    atLoad: resolved(specifiersOf(STATIC_IMPORTS)),
    packages: [...new Set(packages)],
    computed: [...code.matchAll(COMPUTED_IMPORT)].map((match) => match[0].trim()),
  }
}

const STATIC_IMPORTS = [
  /\b(?:import|export)\s[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/g,
  /\bimport\s*['"]([^'"]+)['"]/g,
]
const LATER_IMPORTS = [
  /\bimport\(\s*['"]([^'"]+)['"]/g,
  /\bnew URL\(\s*['"](\.[^'"]*\.ts)['"],\s*import\.meta\.url/g,
]
const COMPUTED_IMPORT = /\bimport\(\s*(?!['"]).{0,60}/g

function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier
  const parts = specifier.split('/')
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
}

/** Whole-line and block comments only: what looks like a comment inside a text stays, and is no import either. */
function withoutComments(source: string): string {
  return source.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$/gm, '')
}
