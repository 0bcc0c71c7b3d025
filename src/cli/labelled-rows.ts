import type { LabelledText } from '../contracts/index.ts'
import type { MessageRow } from '../core/parse-route-set.ts'
import { isStrataError, StrataError } from '../errors/index.ts'

/**
 * Rows of a labelled file, at least one.
 * @throws StrataError `not_enough_data` for an empty file, and what reading it throws
 */
export async function readLabelledRows(path: string): Promise<LabelledText[]> {
  const { readLabelledFile } = await import('../config/labelled-file.ts')
  return atLeastOne(readLabelledFile(path), path)
}

/** The same for rows whose route need not be known. */
export async function readMessageRows(path: string): Promise<MessageRow[]> {
  const { readMessageFile } = await import('../config/labelled-file.ts')
  return atLeastOne(readMessageFile(path), path)
}

function atLeastOne<Row>(rows: Row[], path: string): Row[] {
  if (rows.length > 0) return rows
  throw new StrataError(
    'not_enough_data',
    `${path} has no rows. Write one message a line, like {"text": "where is my refund?", "route": "billing"}.`,
  )
}

/** Does what takes these rows; when it refuses them, the error names their file. */
export async function withRowsOf<Result>(
  path: string | undefined,
  action: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    if (path === undefined || !isStrataError(error) || error.code !== 'invalid_data') throw error
    throw new StrataError(error.code, `${path}: ${error.message}`, { details: error.details, cause: error })
  }
}
