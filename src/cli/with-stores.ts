import { existsSync } from 'node:fs'
import type { Config } from '../config/index.ts'
import { StrataError } from '../errors/index.ts'
import type { Stores } from '../stores/index.ts'
import type { FlagTable } from './command.ts'

/** Flags of commands that work on the database, beside a server or without one. */
export const DATABASE_FLAGS = {
  config: {
    kind: 'file',
    summary: 'Configuration file; STRATAROUTER_CONFIG or ./stratarouter.yaml if not given',
  },
  'data-dir': { kind: 'folder', summary: 'Folder of the database, instead of the configured one' },
} as const satisfies FlagTable

interface WithStoresOptions {
  readonly flags: { readonly config: string | undefined; readonly 'data-dir': string | undefined }
  /** Whether a database file that is not there is an error, as there is nothing in it to see. */
  readonly mustExist: boolean
}

/**
 * Opens the configured database, does something with it and closes it again.
 * @throws StrataError `file_not_found`, `storage_failed`, `invalid_configuration`
 */
export async function withStores<T>(
  { flags, mustExist }: WithStoresOptions,
  use: (stores: Stores, config: Config) => Promise<T>,
): Promise<T> {
  const { loadConfig } = await import('../config/index.ts')
  const { config } = loadConfig({
    ...(flags.config === undefined ? {} : { file: flags.config }),
    flags: { dataDir: flags['data-dir'] },
  })
  const address = config.database.primary as string
  const file = /^sqlite:(.*)$/.exec(address)?.[1]
  if (mustExist && file !== undefined && !existsSync(file)) {
    throw new StrataError(
      'file_not_found',
      `There is no database ${file}. Name the folder that the server uses with --data-dir, or its configuration with --config.`,
    )
  }
  const { openStores } = await import('../stores/index.ts')
  const { versionsKept } = config.limits
  const stores = await openStores(address, { clock: { now: () => Date.now() }, versionsKept })
  try {
    return await use(stores, config)
  } finally {
    await stores.close()
  }
}
