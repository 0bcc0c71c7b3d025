import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StrataError } from '../errors/index.ts'

/**
 * Makes a directory with the parents it lacks. One by one, since the recursive mkdir of Node never ends where a parent
 * exists but nothing can be made in it, as below /proc.
 * @returns what was made, outermost first
 * @throws StrataError `storage_failed`, with what stands in the way as its one detail
 */
export function makeDirectory(directory: string): readonly string[] {
  const missing: string[] = []
  let present = directory
  for (; !existsSync(present) && dirname(present) !== present; present = dirname(present)) {
    missing.unshift(present)
  }
  if (!statSync(present).isDirectory()) {
    throw refusal(directory, `${present} is a file`, 'Choose another')
  }
  try {
    return missing.filter(makeOne)
  } catch (error) {
    throw refusal(directory, (error as Error).message, 'Make it yourself, or choose another', error)
  }
}

/** False where another process has made it in between. */
function makeOne(directory: string): boolean {
  try {
    mkdirSync(directory)
    return true
  } catch (error) {
    if (existsSync(directory)) return false
    throw error
  }
}

function refusal(directory: string, reason: string, remedy: string, cause?: unknown): StrataError {
  return new StrataError(
    'storage_failed',
    `The directory ${directory} cannot be made: ${reason}. ${remedy} with --data-dir or STRATAROUTER_DATA_DIR.`,
    { details: [{ path: directory, message: reason }], cause },
  )
}
