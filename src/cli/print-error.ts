import { type ErrorDetail, isStrataError } from '../errors/index.ts'
import { EXIT_CODES, exitCodeFor } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'
import { printable } from './text-layout.ts'

const MOST_DETAILS = 8

/** Tells a person or a program what went wrong, never with a stack trace unless asked for; returns the exit code. */
export function printError(error: unknown, terminal: Terminal): number {
  const report = describe(error)
  if (terminal.json) {
    const { code, message, details } = report
    terminal.writeError(`${JSON.stringify({ error: { code, message, details } })}\n`)
  } else {
    const lines = [`${terminal.styleError(['bold', 'red'], 'error:')} ${report.message}`]
    const untold = report.details.filter((detail) => !isTold(detail, report))
    for (const detail of untold.slice(0, MOST_DETAILS)) lines.push(`  ${detailLine(detail)}`)
    const left = untold.length - MOST_DETAILS
    if (left > 0) lines.push(`  and ${left} more; --json lists them all`)
    terminal.writeError(`${lines.join('\n')}\n`)
  }
  if (process.env.STRATAROUTER_DEBUG === '1' && error instanceof Error)
    terminal.writeError(`${error.stack}\n`)
  return report.exitCode
}

function describe(error: unknown) {
  if (isStrataError(error)) {
    return {
      code: error.code,
      message: error.message,
      details: error.details,
      exitCode: exitCodeFor(error.code),
    }
  }
  const system = systemError(error)
  if (system) return { ...system, details: [] }
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'internal' as const,
    message: `Something unexpected happened: ${printable(message)}. Set STRATAROUTER_DEBUG=1 to see where.`,
    details: [],
    exitCode: EXIT_CODES.internal.code,
  }
}

/** What the operating system refuses has a remedy, so it is not "unexpected". */
function systemError(error: unknown) {
  if (!(error instanceof Error && 'code' in error)) return undefined
  const path = 'path' in error && typeof error.path === 'string' ? error.path : 'the file'
  const input = { code: 'file_not_found' as const, exitCode: EXIT_CODES.input.code }
  const environment = { code: 'storage_failed' as const, exitCode: EXIT_CODES.environment.code }
  switch (error.code) {
    case 'ENOENT':
      return { ...input, message: `There is no ${path}. Check the path.` }
    case 'EISDIR':
      return { ...input, message: `${path} is a folder, a file was expected. Name a file in it.` }
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return {
        ...environment,
        message: `${path} may not be read or written. Change its permissions or choose another.`,
      }
    case 'ENOSPC':
      return {
        ...environment,
        message: `No space is left for ${path}. Free some and run the same command again.`,
      }
    default:
      return undefined
  }
}

/** True when the message says the same already, at least of the same place. */
function isTold(detail: ErrorDetail, report: { message: string; details: readonly ErrorDetail[] }): boolean {
  const what = detail.message.replace(/ \(line \d+\)$/, '')
  return report.message.includes(
    report.details.length === 1 || detail.path === '' ? what : `${detail.path}: ${what}`,
  )
}

function detailLine(detail: ErrorDetail): string {
  const where = detail.path === '' ? '' : `${detail.path}: `
  const isHinted = detail.nearest === undefined || /did you mean/i.test(detail.message)
  return printable(`${where}${detail.message}${isHinted ? '' : ` Did you mean ${detail.nearest}?`}`)
}
