import { access, readFile } from 'node:fs/promises'
import type { Encoder, LabelledText, RouteSet } from '../contracts/index.ts'
import type { Router } from '../core/index.ts'
import { isStrataError, StrataError } from '../errors/index.ts'
import type { FlagTable } from './command.ts'
import { programName } from './program-name.ts'
import { progressLine } from './progress-line.ts'
import type { Terminal } from './terminal.ts'
import { usageError } from './usage-error.ts'

const DEFAULT_ROUTE_FILE = 'routes.yaml'
/** A route file is text, so a NUL byte near the start means a snapshot. */
const SNIFFED_BYTES = 4_096

/** The two flags that say which router a command works with. */
export const SOURCE_FLAGS = {
  routes: { kind: 'file', summary: `Route file (YAML or JSON); ./${DEFAULT_ROUTE_FILE} when it is there` },
  snapshot: {
    kind: 'file',
    placeholder: 'SNAPSHOT',
    summary: 'Snapshot written by fit, instead of a route file',
  },
} as const satisfies FlagTable

interface LoadedRouter {
  readonly router: Router
  /** The file that the router came from. */
  readonly path: string
}

interface CompileOptions {
  readonly data?: readonly LabelledText[]
  readonly maxErrorRate?: number
}

/** The router that `--routes` or `--snapshot` names, or the one of ./routes.yaml. */
export async function loadRouter(
  source: { readonly routes: string | undefined; readonly snapshot: string | undefined },
  terminal: Terminal,
): Promise<LoadedRouter> {
  if (source.routes !== undefined && source.snapshot !== undefined) {
    throw usageError('--routes and --snapshot were both given, one was expected. Leave one out.')
  }
  if (source.snapshot !== undefined) {
    return { router: await loadSnapshot(source.snapshot), path: source.snapshot }
  }
  const path = source.routes ?? (await defaultRouteFile())
  return { router: await compileRouteFile(path, terminal), path }
}

/** A router from a file that is either a route file or a snapshot. */
export async function loadAnyRouter(path: string, terminal: Terminal): Promise<Router> {
  return isBinary(await readFile(path)) ? loadSnapshot(path) : compileRouteFile(path, terminal)
}

async function compileRouteFile(path: string, terminal: Terminal): Promise<Router> {
  const { readRouteFile } = await import('../config/route-file.ts')
  return compileRouteSet(readRouteFile(path), terminal)
}

/** Fits, showing progress when that takes a while. */
export async function compileRouteSet(
  routeSet: RouteSet,
  terminal: Terminal,
  options: CompileOptions = {},
): Promise<Router> {
  const [{ Router }, encoder] = await Promise.all([import('../core/index.ts'), builtinEncoder()])
  const progress = progressLine(terminal)
  try {
    return Router.compile(routeSet, encoder, { ...options, onProgress: progress.update })
  } finally {
    progress.end()
  }
}

async function loadSnapshot(path: string): Promise<Router> {
  const file = await readFile(path)
  if (file.length > 0 && !isBinary(file)) {
    throw new StrataError(
      'invalid_snapshot',
      `${path} is a text file, where a snapshot written by fit was expected. If it is a route file, use --routes ${path}.`,
    )
  }
  // A plain view: the `slice` of a Buffer shares memory where that of a Uint8Array copies.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
  const [{ Router }, encoder] = await Promise.all([import('../core/index.ts'), builtinEncoder()])
  try {
    return Router.load(bytes, encoder)
  } catch (error) {
    if (!isStrataError(error)) throw error
    throw new StrataError(error.code, `${path}: ${error.message}`, { details: error.details, cause: error })
  }
}

const isBinary = (file: Uint8Array): boolean => file.subarray(0, SNIFFED_BYTES).includes(0)

async function builtinEncoder(): Promise<Encoder> {
  const { loadBuiltinEncoder } = await import('../encoders/builtin/index.ts')
  return loadBuiltinEncoder()
}

/** @throws StrataError file_not_found that says how to get a route file */
export async function defaultRouteFile(): Promise<string> {
  const isThere = await access(DEFAULT_ROUTE_FILE).then(
    () => true,
    () => false,
  )
  if (isThere) return DEFAULT_ROUTE_FILE
  throw new StrataError(
    'file_not_found',
    `No route file: --routes was not given and there is no ./${DEFAULT_ROUTE_FILE}. ` +
      `Write a starter with "${programName()} init" or name one with --routes FILE.`,
  )
}
