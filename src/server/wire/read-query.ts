import { z } from 'zod'
import { type JsonSchema, problemsOf } from '../../config/index.ts'
import { StrataError } from '../../errors/index.ts'

/** A checker for the parameters after the question mark. */
export function queryParser<Schema extends z.ZodObject>(
  schema: Schema,
): (query: unknown) => z.output<Schema> {
  const jsonSchema = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as JsonSchema
  return (query) => {
    const result = schema.safeParse(query)
    if (result.success) return result.data
    const details = problemsOf(result.error.issues, query, jsonSchema)
    const first = details[0]
    throw new StrataError(
      'invalid_request',
      `The query cannot be used: ${first?.path}: ${first?.message}${details.length > 1 ? ` (and ${details.length - 1} more in details)` : ''}.`,
      { details },
    )
  }
}
