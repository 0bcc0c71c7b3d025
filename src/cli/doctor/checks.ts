import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { makeDirectory } from '../../app/make-directory.ts'
import type { Config } from '../../config/index.ts'
import { type Check, fail, failedBy, ok, warn } from './check.ts'

const ENCODER_FILE = new URL('../../encoders/builtin/model/strata-encoder-1.bin', import.meta.url)

// A module of one function: i32.const 0; i8x16.splat.
const SIMD_MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
])

export function checkNode(version: string = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 13)) return ok('node', `Node ${version}`)
  return fail('node', `Node ${version} is older than 22.13`, 'Install Node 22.13 or newer.')
}

export async function checkEncoder(): Promise<Check> {
  try {
    const { createStaticEncoder, verifyModelFile } = await import('../../encoders/builtin/index.ts')
    const bytes = await readFile(ENCODER_FILE)
    // Loading leaves this out, for speed; here it is what was asked for.
    await verifyModelFile(bytes)
    const { name, dimensions, fingerprint } = createStaticEncoder(bytes)
    return ok(
      'encoder',
      `${name}, ${dimensions} dimensions, fingerprint ${fingerprint.slice(0, 12)} verified`,
    )
  } catch (error) {
    return failedBy(
      'encoder',
      error,
      'Install the package again: the file of the built-in encoder is missing or damaged.',
    )
  }
}

export function checkSimd(): Check {
  if (WebAssembly.validate(SIMD_MODULE)) return ok('wasm simd', 'available')
  return warn(
    'wasm simd',
    'not available; the plain kernels give the same decisions, several times slower',
    'Use a Node build and processor with WebAssembly SIMD.',
  )
}

export async function checkSqlite(): Promise<Check> {
  try {
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(':memory:')
    const row = database.prepare('select sqlite_version() as version').get()
    database.close()
    return ok('sqlite', `SQLite ${String(row?.version)}`)
  } catch (error) {
    return failedBy('sqlite', error, 'Use an official build of Node: it carries SQLite.')
  }
}

export async function checkDataDirectory(config: Config): Promise<Check> {
  const probe = join(config.dataDir, `.doctor-${randomBytes(6).toString('hex')}`)
  try {
    const isNew = !existsSync(config.dataDir)
    makeDirectory(config.dataDir)
    await writeFile(probe, 'probe', { flag: 'wx' })
    await rm(probe)
    // A look leaves nothing behind.
    if (isNew) await rmdir(config.dataDir)
    return ok('data directory', `${config.dataDir} is writable`)
  } catch (error) {
    return failedBy(
      'data directory',
      error,
      'Make it writable, or choose another with --data-dir or STRATAROUTER_DATA_DIR.',
    )
  }
}

export function checkPort(config: Config): Promise<Check> {
  const { host, port } = config.server
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? `port ${port} on ${host} is taken` : error.message
      resolve(fail('port', reason, 'Stop what listens there, or choose another with --port or PORT.'))
    })
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => resolve(ok('port', `port ${port} on ${host} is free`)))
    })
  })
}

export async function checkRouteFile(path: string | undefined): Promise<Check> {
  if (path === undefined) {
    return warn(
      'route file',
      'none: --routes, routes.file and ./routes.yaml are all missing',
      'Write a starter with: stratarouter init',
    )
  }
  try {
    const { readRouteFile } = await import('../../config/route-file.ts')
    const { routes } = readRouteFile(path)
    const examples = routes.reduce((sum, route) => sum + route.examples.length, 0)
    return ok('route file', `${path}: ${routes.length} routes, ${examples} examples`)
  } catch (error) {
    return failedBy('route file', error, `Mend it; "stratarouter lint --routes ${path}" lists every problem.`)
  }
}
