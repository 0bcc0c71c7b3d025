import { attemptOnce, type StorageAttempt } from '../sql/storage-attempt.ts'

const BUSY_PATIENCE_MS = 5000
const BUSY_PAUSE_MS = 10

/** Tries again while somebody else writes, letting other work be done in between. */
export const attemptWhenFree: StorageAttempt = (what, action) =>
  attemptOnce(what, async () => {
    const end = performance.now() + BUSY_PATIENCE_MS
    for (;;) {
      try {
        return await action()
      } catch (error) {
        if (!isBusy(error) || performance.now() > end) throw error
        await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS))
      }
    }
  })

/** SQLITE_BUSY, and what is a kind of it. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5
