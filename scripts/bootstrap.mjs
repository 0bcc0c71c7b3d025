// Sets up whatever a checkout lacks, then runs the command asked for on the Node that the checkout carries.
// This file alone must run on Node 20 with nothing installed, so it uses only what that has.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const inRoot = (...parts) => join(root, ...parts)
const ownNode = inRoot('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** Set-up talks on standard error, so that `npm run -s cli` prints only what the command prints. */
const say = (line) => process.stderr.write(`${line}\n`)

function fail(what, remedy) {
  say(`\nstratarouter: ${what}\n  ${remedy}`)
  process.exit(1)
}

function run(command, args, remedy) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (result.error) fail(`could not run ${command}: ${result.error.message}`, remedy)
  if (result.status !== 0) fail(`${command} ${args.join(' ')} ended with code ${result.status}`, remedy)
}

const stampMatches = (file, stamp) => existsSync(file) && readFileSync(file, 'utf8') === stamp

function ensureDependencies() {
  const stampFile = inRoot('node_modules', '.stratarouter-setup')
  const stamp = createHash('sha256')
    .update(readFileSync(inRoot('package-lock.json')))
    .digest('hex')
  if (stampMatches(stampFile, stamp) && existsSync(ownNode)) return
  say('Installing dependencies (once; about 430 MB on disk) ...')
  run(
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
    'Needed: the npm registry (npm config get registry) reachable, and about 500 MB of free disk. Then run the same command again.',
  )
  // npm can be configured not to run install scripts; the package `node` needs its own to fetch the binary.
  if (!existsSync(ownNode)) {
    run(
      process.execPath,
      [inRoot('node_modules', 'node', 'installArchSpecificPackage.js')],
      'The development dependency "node" could not fetch its binary; check that the npm registry is reachable.',
    )
  }
  writeFileSync(stampFile, stamp)
}

/** Names, sizes and change times of everything the build reads; enough to notice any edit, and quick. */
function sourceStamp() {
  const hash = createHash('sha256')
  const visit = (path) => {
    const stat = statSync(path)
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name))
    else if (!path.endsWith('.test.ts') && !path.endsWith('.wasm.ts'))
      hash.update(`${path}:${stat.size}:${stat.mtimeMs}\n`)
  }
  for (const name of ['src', 'console', 'scripts', 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
    visit(inRoot(name))
  return hash.digest('hex')
}

function ensureBuild() {
  const stampFile = inRoot('dist', '.build-stamp')
  const stamp = sourceStamp()
  if (stampMatches(stampFile, stamp)) return
  say('Building ...')
  run(ownNode, [inRoot('scripts', 'build.mjs')], 'The build failed; the lines above say where.')
  mkdirSync(inRoot('dist'), { recursive: true })
  writeFileSync(stampFile, stamp)
}

/** Runs on the checkout's own Node, passes signals on, and ends as the command ends. */
function hand(args, folder = process.cwd()) {
  const env = {
    // One arena of the C library's allocator for all threads, as each keeps what it once took and the server does its
    // work on one thread; and back to the system what is free at its end, which it else keeps up to 32 MB of.
    ...(args.includes('serve') ? { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '1048576' } : {}),
    ...process.env,
    PATH: `${dirname(ownNode)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`,
  }
  const child = spawn(ownNode, args, { stdio: 'inherit', env, cwd: folder })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // npm passes SIGTERM to the shell between us, which dies without passing it on; then our parent changes.
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    child.kill('SIGTERM')
  }, 500)
  child.on('error', (error) =>
    fail(`could not start Node: ${error.message}`, 'Remove node_modules and run npm run setup.'),
  )
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
}

/** Where the user is: npm runs scripts at the root of the checkout, and paths on a command line mean something else. */
const userFolder = () => (process.env.npm_lifecycle_event === 'cli' ? process.env.INIT_CWD : undefined)

const [command = 'setup', ...rest] = process.argv.slice(2)
if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(
    `Node ${process.versions.node} is too old to run the set-up`,
    'Install Node 20 or newer; the rest comes with the checkout.',
  )
}
try {
  ensureDependencies()
  ensureBuild()
} catch (error) {
  fail(
    `set-up stopped: ${error.message}`,
    error.code === 'ENOSPC'
      ? 'Free some disk space and run the same command again.'
      : 'Mend that and run the same command again.',
  )
}
const main = inRoot('dist', 'cli', 'main.js')
if (command === 'setup') say('Set up. Next: npm start, or npm run -s cli -- --help')
else if (command === 'start')
  hand([main, 'serve', ...(process.env.STRATAROUTER_CONFIG ? [] : ['--demo']), ...rest])
else if (command === 'cli') hand([main, ...rest], userFolder())
else if (command === 'test') hand([inRoot('node_modules', 'vitest', 'vitest.mjs'), 'run', ...rest])
else fail(`unknown command "${command}"`, 'Expected one of: setup, start, cli, test.')
