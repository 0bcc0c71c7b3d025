import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, VersionContent } from '../contracts/index.ts'

/** Compiled snapshots of sets that no longer exist, kept so that going back to one needs no fit. */
const SPARE_FILES = 16
/** A directory is read once in so many writes as it has times so many files. */
const FILES_A_WRITE = 32
/** Of a file that is being written; one that is old is deleted. */
export const DRAFT_ENDING = '.draft'
/** A draft is written in seconds: one that nobody has touched for this long belongs to a process that crashed. */
const STALE_DRAFT_MS = 10 * 60_000

/**
 * Compiled snapshots as files, named after the content they were compiled from, so that a restart loads them
 * instead of fitting again. Losing the directory costs time, never data.
 */
export class SnapshotCache {
  readonly #directory: string
  readonly #compiler: string
  readonly #clock: Clock
  /** Writes until the next look at the whole directory. */
  #writesToPrune = 0

  /** @param compiler names everything besides the route set that a snapshot depends on: versions, encoder */
  constructor(directory: string, compiler: string, clock: Clock) {
    this.#directory = directory
    this.#compiler = compiler
    this.#clock = clock
  }

  keyOf({ routeSet, fitInputsKey }: Pick<VersionContent, 'routeSet' | 'fitInputsKey'>): string {
    const hash = createHash('sha256').update(this.#compiler).update('\n').update(JSON.stringify(routeSet))
    return (fitInputsKey === undefined ? hash : hash.update('\n').update(fitInputsKey)).digest('hex')
  }

  /** The snapshot compiled from the set of that key, or null. */
  async read(key: string): Promise<Uint8Array | null> {
    try {
      const { buffer, byteOffset, byteLength } = await readFile(this.#path(key))
      // A plain array: `slice` of a Buffer shares its memory, which readers of snapshots do not expect.
      return new Uint8Array(buffer, byteOffset, byteLength)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }

  /**
   * Writes whole or not at all. Now and then deletes the oldest files that are not in `inUse`, beyond 16, and the drafts
   * that a crash left behind: after each write, or where there are many files, after one write for thirty-two of them.
   */
  async write(key: string, bytes: Uint8Array, inUse: ReadonlySet<string>): Promise<void> {
    await mkdir(this.#directory, { recursive: true })
    const draft = `${this.#path(key)}.${randomBytes(4).toString('hex')}${DRAFT_ENDING}`
    try {
      await writeFile(draft, bytes)
      await rename(draft, this.#path(key))
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
    if (this.#writesToPrune-- <= 0) await this.#prune(inUse)
  }

  async delete(key: string): Promise<void> {
    await rm(this.#path(key), { force: true })
  }

  async #prune(inUse: ReadonlySet<string>): Promise<void> {
    const files = (await Promise.all((await readdir(this.#directory)).map((name) => this.#file(name)))).flat()
    this.#writesToPrune = Math.floor(files.length / FILES_A_WRITE)
    const stale = files
      .filter(isDraft)
      .filter(({ changedMs }) => this.#clock.now() - changedMs > STALE_DRAFT_MS)
    const spare = files
      .filter((file) => !isDraft(file) && !inUse.has(file.name.split('.')[0] as string))
      .sort((a, b) => b.changedMs - a.changedMs)
      .slice(SPARE_FILES)
    for (const { name } of [...stale, ...spare]) await rm(join(this.#directory, name), { force: true })
  }

  /** Nothing where another process that shares the directory has just renamed or deleted it. */
  async #file(name: string): Promise<readonly CachedFile[]> {
    try {
      return [{ name, changedMs: (await stat(join(this.#directory, name))).mtimeMs }]
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }

  #path(key: string): string {
    return join(this.#directory, `${key}.snapshot`)
  }
}

interface CachedFile {
  readonly name: string
  readonly changedMs: number
}

const isDraft = ({ name }: CachedFile): boolean => name.endsWith(DRAFT_ENDING)
