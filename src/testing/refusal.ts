import { isStrataError, type StrataError } from '../errors/index.ts'

/** What `action` is refused with; throws where it is not, or by another error. */
export function refusal(action: () => unknown): StrataError {
  try {
    action()
  } catch (error) {
    if (isStrataError(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}
