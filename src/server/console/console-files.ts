import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { extname, join } from 'node:path'
import { packageRoot } from '../../app/package-root.ts'

/** One file of the try-it page, as it is answered. */
export interface ConsoleFile {
  readonly body: string
  readonly contentType: string
  readonly etag: string
  readonly cacheControl: string
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ts': 'text/javascript; charset=utf-8',
}

/** The page as it lies in the checkout serves as it is, its types taken out, so that an edit needs no build. */
const isCheckout = import.meta.url.endsWith('.ts')
const folder = isCheckout ? join(packageRoot, 'console', 'src') : join(packageRoot, 'dist', 'console')

/** A name that the build gave: whatever is under it never changes. */
const HASHED = /-[0-9A-Za-z_-]{8}\.\w+$/

/** The files of the page by name; about 60 KB, read at once. */
export function readConsoleFiles(): ReadonlyMap<string, ConsoleFile> {
  const names = readdirSync(folder).filter((name) => extname(name) in TYPES)
  return new Map(names.map((name) => [name, readConsoleFile(name)]))
}

function readConsoleFile(name: string): ConsoleFile {
  const text = readFileSync(join(folder, name), 'utf8')
  const body = extname(name) === '.ts' ? stripTypeScriptTypes(text) : text
  return {
    body,
    contentType: TYPES[extname(name)] as string,
    etag: `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`,
    cacheControl: HASHED.test(name) && !isCheckout ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
}
