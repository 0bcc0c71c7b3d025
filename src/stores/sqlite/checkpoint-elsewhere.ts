import { Worker } from 'node:worker_threads'

/** Rows after which the log is copied into the database; some 4 MB. */
const ROWS_BETWEEN = 4000

/** Runs in a thread of its own, as text, since a bundle has no file for it. */
const PROGRAM = `
  process.emitWarning = () => {}
  const { workerData } = require('node:worker_threads')
  const { DatabaseSync } = require('node:sqlite')
  const database = new DatabaseSync(workerData)
  database.exec('pragma wal_checkpoint(passive)')
  database.close()
`

/**
 * Has another thread copy SQLite's log into the database after so many rows, as that waits for the disk: done where
 * SQLite does it, in the thread that writes, it stops that one for 10 to 30 ms on a busy machine.
 */
export class CheckpointElsewhere {
  readonly #file: string
  readonly #onFailure: (error: Error) => void
  #rows = 0
  #running: Promise<void> | undefined

  /** @param onFailure told when no such thread can be had, or it fails */
  constructor(file: string, onFailure: (error: Error) => void) {
    this.#file = file
    this.#onFailure = onFailure
  }

  /** Counts rows that were written. */
  wrote(rows: number): void {
    this.#rows += rows
    if (this.#rows < ROWS_BETWEEN || this.#running) return
    this.#rows = 0
    this.#running = this.#run().finally(() => {
      this.#running = undefined
    })
  }

  /** Resolves when no thread is at work. */
  async idle(): Promise<void> {
    await this.#running
  }

  #run(): Promise<void> {
    return new Promise((resolve) => {
      const worker = new Worker(PROGRAM, { eval: true, workerData: this.#file })
      worker.once('error', this.#onFailure)
      worker.once('exit', () => resolve())
    })
  }
}
