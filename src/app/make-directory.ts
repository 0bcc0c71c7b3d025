import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { StrataError } from '../errors/index.ts'

/**
 * Makes a directory with the parents it lacks. One by one, since the recursive mkdir of Node never ends where a parent
 * exists but nothing can be made in it, as below /proc.
 * @throws StrataError `storage_failed`
 */
export function makeDirectory(directory: string): void {
  const missing: string[] = []
  for (let at = directory; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at)
  try {
    for (const path of missing.reverse()) mkdirSync(path)
  } catch (error) {
    // Another process may have made it in between.
    if (existsSync(directory)) return
    throw new StrataError(
      'storage_failed',
      `The directory ${directory} cannot be made: ${(error as Error).message}. Make it yourself, or choose another with --data-dir or STRATAROUTER_DATA_DIR.`,
      { cause: error },
    )
  }
}
