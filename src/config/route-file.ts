import type { RouteSet } from '../contracts/index.ts'
import { parseRouteSetWithNotes } from '../core/parse-route-set.ts'
import { isStrataError, StrataError } from '../errors/index.ts'
import { type ParsedDocument, parseDocument, readText } from './parse-document.ts'

/**
 * Reads and checks a route file, YAML or JSON by content, whatever its name.
 * @throws StrataError `file_not_found`, or `invalid_route_set` whose details name the line
 */
export function readRouteFile(file: string): RouteSet {
  return readRouteFileWithNotes(file).routeSet
}

/** The same, with a sentence for each field of other tools that was passed over. */
export function readRouteFileWithNotes(file: string): ReturnType<typeof parseRouteSetWithNotes> {
  return parseWithNotes(readText(file, 'route file'), file)
}

/** How a snapshot begins; no YAML or JSON does. */
const SNAPSHOT_START = 'SRSNAP'

/** The same for a text in hand; `file` is only named in errors. */
export function parseRouteText(text: string, file: string): RouteSet {
  return parseWithNotes(text, file).routeSet
}

function parseWithNotes(text: string, file: string): ReturnType<typeof parseRouteSetWithNotes> {
  if (text.startsWith(SNAPSHOT_START)) {
    throw new StrataError(
      'invalid_route_set',
      `${file} is a snapshot, where a route file (YAML or JSON) was expected. Use --snapshot ${file}, or name the route file that it was made from.`,
    )
  }
  const document = parseDocument(text, file, 'invalid_route_set')
  if (document.value === null || document.value === undefined) {
    throw new StrataError(
      'invalid_route_set',
      `${file} is empty, where routes were expected. Write a starter with "stratarouter init ${file} --force".`,
    )
  }
  try {
    return parseRouteSetWithNotes(document.value)
  } catch (error) {
    if (!isStrataError(error)) throw error
    const details = error.details.map((detail) => {
      const line = document.lineOf(keysOf(detail.path))
      return line === undefined ? detail : { ...detail, message: `${detail.message} (line ${line})` }
    })
    throw new StrataError(error.code, `${file}${firstLine(error, document)}: ${error.message}`, {
      details,
      cause: error,
    })
  }
}

function firstLine(error: StrataError, document: ParsedDocument): string {
  const line = error.details[0] && document.lineOf(keysOf(error.details[0].path))
  return line === undefined ? '' : `:${line}`
}

/** `routes[3].rules[0].when` → `['routes', 3, 'rules', 0, 'when']`. */
function keysOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map((match) =>
    match[1] === undefined ? (match[2] as string) : Number(match[1]),
  )
}
