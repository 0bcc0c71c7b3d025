import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { makeDirectory } from '../../app/make-directory.ts'
import type { Config } from '../../config/index.ts'
import { isStrataError } from '../../errors/index.ts'
import { startRefusal } from '../../server/start-refusal.ts'
import { counted } from '../text-layout.ts'
import { type Check, fail, failedBy, ok, warn } from './check.ts'
import { checkTargets } from './gateway-checks.ts'

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

export async function checkDataDirectory({ dataDir }: Config): Promise<Check> {
  const name = 'data directory'
  const remedy = 'Let this user write there, or choose another with --data-dir or STRATAROUTER_DATA_DIR.'
  let made: readonly string[] = []
  try {
    made = makeDirectory(dataDir)
  } catch (error) {
    const reason = isStrataError(error) ? error.details[0]?.message : String(error)
    return fail(name, `${dataDir} cannot be made: ${reason}`, remedy)
  }
  try {
    const probe = join(dataDir, `.doctor-${randomBytes(6).toString('hex')}`)
    await writeFile(probe, 'probe', { flag: 'wx' })
    await rm(probe)
    return ok(name, `${dataDir} is writable`)
  } catch (error) {
    return fail(name, `${dataDir} cannot be written to (${(error as NodeJS.ErrnoException).code})`, remedy)
  } finally {
    // A look leaves nothing behind.
    for (const path of made.toReversed()) await rmdir(path)
  }
}

/** How every SQLite database begins. */
const DATABASE_START = 'SQLite format 3\0'

/** Reads the beginning only, since opening a database may change it. */
export async function checkDatabase(config: Config): Promise<Check> {
  const name = 'database'
  const address = String(config.database.primary)
  if (!address.startsWith('sqlite:')) return checkPostgres(name, address)
  const path = address.slice('sqlite:'.length)
  if (path === ':memory:') return ok(name, 'in memory: what is stored is lost when the server stops')
  if (!existsSync(path)) return ok(name, `${path} does not exist yet`)
  const elsewhere = 'or choose another with --data-dir, STRATAROUTER_DATA_DIR or database.primary.'
  try {
    const file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(DATABASE_START.length))
    await file.close()
    // SQLite takes an empty file for a new database.
    if (bytesRead === 0 || buffer.toString('latin1') === DATABASE_START) return ok(name, path)
    return fail(name, `${path} is no SQLite database`, `Restore it, move it away, ${elsewhere}`)
  } catch (error) {
    return failedBy(name, error, `Let this user read and write it, ${elsewhere}`)
  }
}

async function checkPostgres(name: string, address: string): Promise<Check> {
  try {
    const { reachPostgres } = await import('../../stores/postgres/reach-postgres.ts')
    return ok(name, await reachPostgres(address))
  } catch (error) {
    return failedBy(name, error, 'Without it the server does not start.')
  }
}

export function checkPort(config: Config): Promise<Check> {
  const { host, port } = config.server
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(refusedStart('port', error, config)))
    server.listen({ host, port, exclusive: true }, () => {
      const detail = port === 0 ? `any free port on ${host}` : `port ${port} on ${host} is free`
      server.close(() => resolve(ok('port', detail)))
    })
  })
}

/** Null where none is configured. */
export function checkCertificate(config: Config): Check | null {
  const { tls } = config.server
  if (tls === undefined) return null
  try {
    createSecureContext({ cert: tls.cert, key: tls.key })
    return ok('certificate', 'certificate and key belong together')
  } catch (error) {
    return refusedStart('certificate', error, config)
  }
}

function refusedStart(name: string, error: unknown, { server }: Config): Check {
  const refusal = startRefusal(error, server.host, server.port)
  if (refusal === null) return failedBy(name, error, 'Choose another address with --port or server.host.')
  return fail(name, refusal.problem, `${refusal.remedy[0]?.toUpperCase()}${refusal.remedy.slice(1)}.`)
}

/** And where its routes lead. */
export async function checkRouteFile(path: string | undefined, config: Config): Promise<Check[]> {
  const name = 'route file'
  if (path === undefined) {
    return [
      warn(
        name,
        'none: --routes, routes.file and ./routes.yaml are all missing',
        'Write a starter with: stratarouter init',
      ),
    ]
  }
  try {
    const { readRouteFile } = await import('../../config/route-file.ts')
    const routeSet = readRouteFile(path)
    const { routes } = routeSet
    const targets = checkTargets(routeSet, config)
    const examples = routes.reduce((sum, route) => sum + route.examples.length, 0)
    return [
      ok(name, `${path}: ${counted(routes.length, 'route')}, ${counted(examples, 'example')}`),
      ...(targets === null ? [] : [targets]),
    ]
  } catch (error) {
    const remedy =
      isStrataError(error) && error.code === 'file_not_found'
        ? `Name another with --routes, or write a starter with: stratarouter init ${path}`
        : `Mend it; "stratarouter lint --routes ${path}" lists every problem.`
    return [failedBy(name, error, remedy)]
  }
}
