// Runs the library snippet of README.md as a user's program would run, the package being this checkout's sources.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PROGRAM = /^```js (\S+\.mjs)\n([\s\S]*?)^```$/m
const OUTPUT = /^(```text \S+\.output\n)([\s\S]*?)(^```$)/m

/** What the snippet prints. */
export function runSnippet(readme: string): string {
  const [, name, body] = PROGRAM.exec(readme) ?? []
  if (!name || !body) throw new Error('README.md has no block fenced with ```js NAME.mjs.')
  const folder = mkdtempSync(join(tmpdir(), 'stratarouter-readme-'))
  try {
    const installed = join(folder, 'node_modules', 'stratarouter')
    mkdirSync(installed, { recursive: true })
    const source = new URL('../src/index.ts', import.meta.url).href
    writeFileSync(join(installed, 'index.js'), `export * from '${source}'\n`)
    writeFileSync(join(installed, 'package.json'), '{"type":"module","exports":"./index.js"}\n')
    writeFileSync(join(folder, name), body)
    const { status, stdout, stderr } = spawnSync(process.execPath, [name], { cwd: folder, encoding: 'utf8' })
    if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`)
    return stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the README says that the snippet prints. */
export function shownOutput(readme: string): string {
  const found = OUTPUT.exec(readme)
  if (!found) throw new Error('README.md has no block fenced with ```text NAME.output.')
  return found[2]!
}

/** The README with another output of the snippet. */
export function withSnippetOutput(readme: string, output: string): string {
  return readme.replace(OUTPUT, (_, fence: string, __, end: string) => `${fence}${output}${end}`)
}
