import type { JsonObject } from '../../contracts/index.ts'

/** Readers of bodies of which nothing is certain: what is not there, or of another kind, counts as empty. */
export const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}

export const arrayOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '')

export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

/** The texts of a message's content, which is a text or a list of parts, put together. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return arrayOf(content)
    .map((part) => {
      if (typeof part === 'string') return part
      const { text, content: inner } = objectOf(part)
      return typeof text === 'string' ? text : textOf(inner)
    })
    .join('')
}
