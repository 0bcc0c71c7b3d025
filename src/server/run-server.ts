import { availableParallelism } from 'node:os'
import type { LoadedConfig } from '../config/index.ts'

export interface RunServerOptions {
  /** Serve the demo set until something is stored under `default`. */
  readonly demo?: boolean | undefined
  /** Writes the lines for people that say where to go; standard error unless told otherwise, as logs take the other. */
  readonly print?: (text: string) => void
}

/**
 * Serves until the process is told to stop: SIGTERM drains first, SIGINT does not wait. Resolves when all is closed.
 * With one worker this process serves; with more it starts and watches them.
 * @throws StrataError when it cannot start, saying what to change
 */
export async function runServer(loaded: LoadedConfig, options: RunServerOptions = {}): Promise<void> {
  const { workers } = loaded.config.server
  const count = workers === 'auto' ? availableParallelism() : workers
  // Only what is needed is loaded: a process that supervises takes less than half the memory of one that serves.
  if (count === 1) await (await import('./serve-alone.ts')).serveAlone(loaded, options)
  else await (await import('./workers/supervise.ts')).supervise(loaded, count, options)
}
