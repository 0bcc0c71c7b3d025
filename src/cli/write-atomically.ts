import { randomBytes } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StrataError } from '../errors/index.ts'

/**
 * Writes a whole file or nothing: beside it under another name, flushed, then renamed over it.
 * @throws StrataError `file_not_found` when the folder is missing, `invalid_request` when `path` is a folder itself;
 *   the system's own error when it refuses to write
 */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path)
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isFolder) {
    throw new StrataError(
      'file_not_found',
      `${path} cannot be written: there is no folder ${folder}. Create it first.`,
    )
  }
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(content)
      await file.sync()
      await file.close()
      await rename(temporary, path)
    } catch (error) {
      await file.close()
      await rm(temporary, { force: true })
      throw error
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EISDIR') {
      throw new StrataError('invalid_request', `${path} is a folder, a file was expected. Name a file in it.`)
    }
    // Who reads the error asked for `path` and knows nothing of the other name.
    if (error instanceof Error && 'path' in error) error.path = path
    throw error
  }
}
