import { textHash, watchFile } from '../../app/watch-file.ts'
import { readText } from '../../config/index.ts'
import type { Logger } from '../../observability/index.ts'
import type { RouteFileContent } from './messages.ts'

/** How to hand a new content to the workers. */
interface RouteFileReaders {
  /** Has one worker check, serve and fit it; false when it is not a valid route file. */
  fitFirst(content: RouteFileContent): Promise<boolean>
  /** Has the others serve it, too. */
  tellOthers(content: RouteFileContent): void
}

/**
 * The route file of a server of several processes: watched once, fitted by one worker, of one version on all.
 * @throws StrataError `file_not_found` from the constructor
 */
export class SharedRouteFile {
  #content: RouteFileContent
  #turns: Promise<void> = Promise.resolve()
  readonly #close: () => void

  constructor(file: string, readers: RouteFileReaders, logger: Logger) {
    const text = readText(file, 'route file')
    this.#content = { text, version: 1 }
    const watch = watchFile(file, textHash(text), (changed) => this.#take(changed, readers), logger)
    this.#close = () => watch.close()
  }

  /** What was accepted last. */
  get content(): RouteFileContent {
    return this.#content
  }

  close(): void {
    this.#close()
  }

  #take(text: string, readers: RouteFileReaders): void {
    this.#turns = this.#turns.then(async () => {
      const content = { text, version: this.#content.version + 1 }
      if (!(await readers.fitFirst(content))) return
      this.#content = content
      readers.tellOthers(content)
    })
  }
}
