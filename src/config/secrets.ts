import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Environment } from './environment.ts'
import type { JsonSchema } from './settings.ts'

type Path = readonly (string | number)[]

/** Calls `visit` for each text in `value` that its schema calls a secret, and puts what that returns in its place. */
export function replaceSecrets(
  schema: JsonSchema,
  value: unknown,
  visit: (path: Path, text: string) => unknown,
): unknown {
  return replaceBelow(schema, value, [], false, visit)
}

function replaceBelow(
  schema: JsonSchema | undefined,
  value: unknown,
  path: Path,
  isSecret: boolean,
  visit: (path: Path, text: string) => unknown,
): unknown {
  const secret = isSecret || schema?.secret === true
  if (typeof value === 'string') return secret ? visit(path, value) : value
  if (Array.isArray(value)) {
    return value.map((item, index) => replaceBelow(schema?.items, item, [...path, index], secret, visit))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      replaceBelow(childSchema(schema, key), child, [...path, key], secret, visit),
    ]),
  )
}

/** The schema of a field, whether it is one of those named or one of any name. */
export function childSchema(schema: JsonSchema | undefined, key: string): JsonSchema | undefined {
  const rest = schema?.additionalProperties
  return schema?.properties?.[key] ?? (typeof rest === 'object' ? rest : undefined)
}

interface SecretSource {
  /** What relative paths are relative to. */
  readonly folder: string
  readonly environment: Environment
}

/** What a secret is that is written as `file:/path`, `env:NAME` or itself; `problem` where it cannot be had. */
export function readSecret(
  text: string,
  { folder, environment }: SecretSource,
): { readonly value: string; readonly isLiteral: boolean } | { readonly problem: string } {
  if (text.startsWith('file:')) {
    const path = resolve(folder, text.slice('file:'.length))
    try {
      return { value: readFileSync(path, 'utf8').trimEnd(), isLiteral: false }
    } catch (error) {
      return { problem: `the file ${path} cannot be read (${(error as NodeJS.ErrnoException).code})` }
    }
  }
  if (text.startsWith('env:')) {
    const name = text.slice('env:'.length)
    const value = environment[name]
    return value ? { value, isLiteral: false } : { problem: `the environment variable ${name} is not set` }
  }
  return { value: text, isLiteral: true }
}
