import { readFileSync, statSync } from 'node:fs'
import { type Document, LineCounter, parseDocument as parseYaml } from 'yaml'
import { type ErrorCode, StrataError } from '../errors/index.ts'

/** A YAML or JSON text with the line each value stands on. */
export interface ParsedDocument {
  readonly value: unknown
  /** 1-based line of the value at a path; of the nearest parent that is written down; undefined when unknown. */
  lineOf(path: readonly (string | number)[]): number | undefined
}

/** Routes of a few hundred examples make about 20 KiB; ten thousand routes of twenty examples 15 MiB. */
const FILE_LIMIT_BYTES = 64 * 1024 * 1024
const ALIAS_LIMIT = 100
const DEPTH_LIMIT = 64

/** The text of `file`; `file_not_found` says what is wrong in one sentence. */
export function readText(file: string, what: string): string {
  try {
    const size = statSync(file).size
    if (size > FILE_LIMIT_BYTES) {
      throw new StrataError(
        'invalid_data',
        `The ${what} ${file} has ${size} bytes; at most ${FILE_LIMIT_BYTES} are read.`,
      )
    }
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    if (error instanceof StrataError) throw error
    const code = (error as NodeJS.ErrnoException).code
    const reason =
      code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a directory' : `cannot be read (${code})`
    throw new StrataError(
      'file_not_found',
      `The ${what} ${file} ${reason}; check the path and its permissions.`,
      {
        cause: error,
      },
    )
  }
}

/**
 * Reads YAML or JSON, told apart by content. Refuses files that grow when read ("billion laughs") and deep nesting.
 * @param code the error thrown when the text is not well formed, with a detail a mistake naming the line
 */
export function parseDocument(text: string, file: string, code: ErrorCode): ParsedDocument {
  if (/^\s*[[{]/.test(text)) {
    try {
      const value: unknown = JSON.parse(text)
      assertDepth(value, file, code)
      // Lines are only wanted when something is wrong, so the slower reader runs then.
      return { value, lineOf: (path) => readYaml(text, file, code).lineOf(path) }
    } catch (error) {
      if (error instanceof StrataError) throw error
      // Flow-style YAML also starts with a bracket; the YAML reader names the line of a real mistake.
    }
  }
  return readYaml(text, file, code)
}

function readYaml(text: string, file: string, code: ErrorCode): ParsedDocument {
  const counter = new LineCounter()
  const document = parseWithinStack(text, counter, file, code)
  if (document.errors.length > 0) {
    const details = document.errors.map((error) => ({
      path: `${file}:${counter.linePos(error.pos[0]).line}`,
      message: error.message,
    }))
    throw new StrataError(
      code,
      `${file} is neither valid YAML nor valid JSON: line ${details[0]?.path.slice(file.length + 1)}: ${details[0]?.message}`,
      { details },
    )
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: ALIAS_LIMIT })
  } catch (error) {
    throw new StrataError(
      code,
      `${file} repeats itself too often through YAML aliases (more than ${ALIAS_LIMIT} expansions); write the values out.`,
      { cause: error },
    )
  }
  assertDepth(value, file, code)
  return {
    value,
    lineOf(path) {
      for (let length = path.length; length >= 0; length--) {
        const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
        const range = (node as { range?: readonly number[] } | null | undefined)?.range
        if (range?.[0] !== undefined) return counter.linePos(range[0]).line
      }
      return undefined
    },
  }
}

function parseWithinStack(text: string, lineCounter: LineCounter, file: string, code: ErrorCode): Document {
  try {
    return parseYaml(text, { lineCounter, prettyErrors: false, logLevel: 'silent' })
  } catch (error) {
    // The YAML reader recurses: thousands of open brackets end its stack, which is a refusal like any other.
    if (error instanceof RangeError) tooDeep(file, code)
    throw error
  }
}

function assertDepth(root: unknown, file: string, code: ErrorCode): void {
  let level = [root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_LIMIT) tooDeep(file, code)
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null
        ? Object.values(value).filter((child) => typeof child === 'object')
        : [],
    )
  }
}

function tooDeep(file: string, code: ErrorCode): never {
  throw new StrataError(code, `${file} is nested more than ${DEPTH_LIMIT} levels deep; flatten it.`)
}
