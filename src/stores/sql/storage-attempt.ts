import { isStrataError, StrataError } from '../../errors/index.ts'

/** Does something with the database; whatever it throws becomes `storage_failed` and says what could not be done. */
export type StorageAttempt = <T>(what: string, action: () => Promise<T>) => Promise<T>

/** Tries once. */
export const attemptOnce: StorageAttempt = async (what, action) => {
  try {
    return await action()
  } catch (error) {
    if (isStrataError(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new StrataError('storage_failed', `The database could not ${what}: ${reason}`, { cause: error })
  }
}
