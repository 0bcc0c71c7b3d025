import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const bootstrap = fileURLToPath(new URL('../../scripts/bootstrap.mjs', import.meta.url))
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
let root: string

/** A checkout whose build is one line, so that only the bootstrap script is real. */
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'stratarouter-checkout-')))
  for (const folder of ['src', 'console', 'scripts', 'below/deeper', 'node_modules/node/bin']) {
    mkdirSync(join(root, folder), { recursive: true })
  }
  const files = {
    'package.json': JSON.stringify({ scripts: { cli: 'node scripts/bootstrap.mjs cli' } }),
    'package-lock.json': '{}',
    'tsconfig.json': '{}',
    'tsconfig.build.json': '{}',
    'node_modules/.stratarouter-setup': createHash('sha256').update('{}').digest('hex'),
    'scripts/build.mjs': `import { mkdirSync, writeFileSync } from 'node:fs'
mkdirSync('dist/cli', { recursive: true })
writeFileSync('dist/cli/main.js', 'console.log(JSON.stringify([process.cwd(), ...process.argv.slice(2)]))')`,
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content)
  copyFileSync(bootstrap, join(root, 'scripts', 'bootstrap.mjs'))
  symlinkSync(process.execPath, join(root, 'node_modules', 'node', 'bin', 'node'))
})
afterAll(() => rmSync(root, { recursive: true }))

/** What `npm run -s cli` prints when asked in a folder of the checkout. */
function runIn(folder: string): unknown {
  const words = ['run', '-s', 'cli', '--', 'lint', '--routes', 'mine.yaml']
  const { stdout } = spawnSync(npm, words, { cwd: join(root, folder), encoding: 'utf8' })
  return JSON.parse(stdout)
}

test.each(['.', 'below', 'below/deeper'])(
  'npm run cli means paths as seen from the folder it was called in: %s',
  (folder) => {
    expect(runIn(folder)).toEqual([join(root, folder), 'lint', '--routes', 'mine.yaml'])
  },
)
