import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RouteSet } from '../contracts/index.ts'

/** Compiled snapshots of sets that no longer exist, kept so that going back to one needs no fit. */
const SPARE_FILES = 16

/**
 * Compiled snapshots as files, named after the content they were compiled from, so that a restart loads them
 * instead of fitting again. Losing the directory costs time, never data.
 */
export class SnapshotCache {
  readonly #directory: string
  readonly #compiler: string

  /** @param compiler names everything besides the route set that a snapshot depends on: versions, encoder */
  constructor(directory: string, compiler: string) {
    this.#directory = directory
    this.#compiler = compiler
  }

  keyOf(routeSet: RouteSet): string {
    return createHash('sha256')
      .update(this.#compiler)
      .update('\n')
      .update(JSON.stringify(routeSet))
      .digest('hex')
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

  /** Writes whole or not at all, then deletes the oldest files that are not in `inUse`, beyond 16. */
  async write(key: string, bytes: Uint8Array, inUse: ReadonlySet<string>): Promise<void> {
    await mkdir(this.#directory, { recursive: true })
    const draft = `${this.#path(key)}.${randomBytes(4).toString('hex')}.draft`
    await writeFile(draft, bytes)
    await rename(draft, this.#path(key))
    await this.#prune(inUse)
  }

  async delete(key: string): Promise<void> {
    await rm(this.#path(key), { force: true })
  }

  async #prune(inUse: ReadonlySet<string>): Promise<void> {
    const names = (await readdir(this.#directory)).filter((name) => !inUse.has(name.split('.')[0] as string))
    const files = await Promise.all(
      names.map(async (name) => ({ name, changed: (await stat(join(this.#directory, name))).mtimeMs })),
    )
    files.sort((a, b) => b.changed - a.changed)
    for (const { name } of files.slice(SPARE_FILES)) await rm(join(this.#directory, name), { force: true })
  }

  #path(key: string): string {
    return join(this.#directory, `${key}.snapshot`)
  }
}
