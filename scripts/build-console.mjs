// Builds the try-it page: its modules bundled, every file but the page itself under a name with a hash of its content.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const hashOf = (text) => createHash('sha256').update(text).digest('base64url').slice(0, 8)

/** @param rolldown the bundler @param source console/src @param target where the files go */
export async function buildConsole(rolldown, source, target) {
  mkdirSync(target, { recursive: true })
  const page = readFileSync(join(source, 'index.html'), 'utf8')
  const names = new Map()
  const write = (name, extension, text) => {
    const built = `${name.replace(/\.\w+$/, '')}-${hashOf(text)}${extension}`
    names.set(name, built)
    writeFileSync(join(target, built), text)
  }
  const entries = [...page.matchAll(/\/console\/([\w-]+\.ts)/g)].map((match) => match[1])
  for (const entry of entries) {
    const build = await rolldown({ input: join(source, entry), platform: 'browser', logLevel: 'warn' })
    const { output } = await build.generate({ format: 'esm', minify: true })
    if (output.length !== 1) throw new Error(`${entry} came out as ${output.length} files; expected one`)
    write(entry, '.js', output[0].code)
  }
  for (const name of readdirSync(source)) {
    const text = readFileSync(join(source, name), 'utf8')
    if (name.endsWith('.css')) write(name, '.css', text.replace(/\n\s*/g, '\n'))
    if (name.endsWith('.svg')) write(name, '.svg', text)
  }
  const linked = page.replace(/\/console\/([\w.-]+)/g, (_, name) => {
    const built = names.get(name)
    if (built === undefined) throw new Error(`index.html names ${name}, which console/src does not have`)
    return `/console/${built}`
  })
  writeFileSync(join(target, 'index.html'), linked)
}
