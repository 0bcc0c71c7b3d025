// Runs a program of README.md as a user would, the package being this checkout's sources.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const modules = fileURLToPath(new URL('../node_modules', import.meta.url))

const program = (name: string) =>
  new RegExp(`^\`\`\`js ${name.replace('.', '\\.')}\\n([\\s\\S]*?)^\`\`\`$`, 'm')
const shown = (name: string) =>
  new RegExp(`^(\`\`\`text ${name.replace('.', '\\.')}\\.output\\n)([\\s\\S]*?)(^\`\`\`$)`, 'm')

/**
 * What the program prints.
 * @param name of the file that the block is fenced with
 * @param url of the server that it asks, in the place of the one that is written there
 */
export async function runSnippet(readme: string, name: string, url?: string): Promise<string> {
  const body = program(name).exec(readme)?.[1]
  if (!body) throw new Error(`README.md has no block fenced with \`\`\`js ${name}.`)
  const folder = mkdtempSync(join(tmpdir(), 'stratarouter-readme-'))
  try {
    const installed = join(folder, 'node_modules', 'stratarouter')
    mkdirSync(installed, { recursive: true })
    const source = new URL('../src/index.ts', import.meta.url).href
    writeFileSync(join(installed, 'index.js'), `export * from '${source}'\n`)
    writeFileSync(join(installed, 'package.json'), '{"type":"module","exports":"./index.js"}\n')
    symlinkSync(join(modules, 'openai'), join(folder, 'node_modules', 'openai'))
    writeFileSync(join(folder, name), url ? body.replace('http://127.0.0.1:8000', url) : body)
    const child = spawn(process.execPath, [name], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ])
    if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`)
    return stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the README says that the program prints. */
export function shownOutput(readme: string, name: string): string {
  const found = shown(name).exec(readme)
  if (!found) throw new Error(`README.md has no block fenced with \`\`\`text ${name}.output.`)
  return found[2]!
}

/** The README with another output of the program. */
export function withSnippetOutput(readme: string, name: string, output: string): string {
  return readme.replace(shown(name), (_, fence: string, __, end: string) => `${fence}${output}${end}`)
}
