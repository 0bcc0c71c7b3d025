import { createHash } from 'node:crypto'
import { type FSWatcher, watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Logger } from '../observability/index.ts'

/** Editors write in several steps; the file is read once they have been quiet for this long. */
const QUIET_MS = 100

export interface FileWatch {
  /** From then on nothing is told. */
  close(): void
}

/**
 * Calls `changed` with the new text whenever the content of `file` differs from the last one seen.
 * @remarks Watches the directory, so that a file replaced by a rename or through a symbolic link is noticed.
 * @param seen `textHash` of the text as it was read before
 */
export function watchFile(
  file: string,
  seen: string,
  changed: (text: string) => void,
  logger: Logger,
): FileWatch {
  let last = seen
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  const read = async () => {
    try {
      const text = await readFile(file, 'utf8')
      const hash = textHash(text)
      // A reading under way is not interrupted by the end.
      if (isClosed || hash === last) return
      last = hash
      changed(text)
    } catch (error) {
      logger.warn({ file, err: error }, 'the watched file cannot be read; what it said before stays in force')
    }
  }
  const watcher: FSWatcher = watch(dirname(file), () => {
    clearTimeout(timer)
    timer = setTimeout(() => void read(), QUIET_MS)
    timer.unref()
  })
  watcher.unref()
  watcher.on('error', (error) =>
    logger.error({ file, err: error }, 'watching the file failed; restart to see changes'),
  )
  // Nobody was told of what changed between the first reading and now.
  void read()
  return {
    close() {
      isClosed = true
      clearTimeout(timer)
      watcher.close()
    },
  }
}

/** What to remember of a text: the text of a large file would be kept for nothing else. */
export const textHash = (text: string): string => createHash('sha256').update(text).digest('hex')
