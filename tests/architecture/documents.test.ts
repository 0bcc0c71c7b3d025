import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ERROR_CODES } from '../../src/errors/index.ts'
import { LAYERS } from './layers.ts'
import { repositoryRoot } from './source-imports.ts'

const read = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8')

/** Texts in backticks that name a file or folder of the repository; patterns with * or … are left out. */
function pathsIn(markdown: string): string[] {
  const topLevel = readdirSync(repositoryRoot)
  return [...markdown.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\s]+)`/g)]
    .map((match) => match[1]!)
    .filter((text) => !/[*…<>{}()$]/.test(text))
    .filter(
      (text) =>
        topLevel.includes(text.split('/')[0]!) || /^[\w./-]+\/[\w.-]+\.(?:ts|mjs|md|yaml|json)$/.test(text),
    )
}

test('ARCHITECTURE.md names only paths that exist', () => {
  const paths = pathsIn(read('ARCHITECTURE.md'))
  expect(paths.length).toBeGreaterThan(5)
  expect(paths.filter((path) => !existsSync(join(repositoryRoot, path)))).toEqual([])
})

test('ARCHITECTURE.md has every folder of the layers in its table of imports', () => {
  const table = read('ARCHITECTURE.md').split('## Who may import whom')[1]!.split('\n## ')[0]!
  const firstCells = [...table.matchAll(/^\| (`src.*?) \|/gm)].map(([, cell]) => cell).join(' ')
  const folders = new Set(LAYERS.map(({ path }) => path.split('/')[0]))
  expect([...folders].filter((folder) => !firstCells.includes(`\`src/${folder}\``))).toEqual([])
})

test('the reader of paths notices one that does not exist', () => {
  expect(
    pathsIn('`src/nowhere.ts` and `core/lost.ts`, but neither `src/*/x.ts` nor `topK` nor `GET /v1/x`'),
  ).toEqual(['src/nowhere.ts', 'core/lost.ts'])
})

test('docs/reference/errors.md has every error with its status and whether to retry, in the order of the table', () => {
  const rows = [
    ...read('docs/reference/errors.md').matchAll(/^\| `(\w+)` \| (\d+) \| (yes|no) \| (.+) \| (.+) \|$/gm),
  ]
  expect(rows.map(([, code, status, retryable]) => [code, Number(status), retryable])).toEqual(
    Object.entries(ERROR_CODES).map(([code, { status, retryable }]) => [
      code,
      status,
      retryable ? 'yes' : 'no',
    ]),
  )
})

test('every folder directly under src has a README of one screen at most', () => {
  const folders = readdirSync(join(repositoryRoot, 'src'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )
  const problems = folders.flatMap(({ name }) => {
    const path = `src/${name}/README.md`
    if (!existsSync(join(repositoryRoot, path))) return [`${path} is missing`]
    const lines = read(path).split('\n').length
    return lines > 60 ? [`${path} has ${lines} lines`] : []
  })
  expect(problems).toEqual([])
})
