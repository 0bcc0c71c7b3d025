import { z } from 'zod'
import { configSchema } from './schema.ts'

/** The parts of JSON Schema that our schemas come out as, with the metadata that `describe` adds. */
export interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  /** Of an object with fields of any name: what each holds. */
  readonly additionalProperties?: JsonSchema | boolean
  readonly anyOf?: readonly JsonSchema[]
  readonly secret?: boolean
  readonly filePath?: boolean
}

/** One setting: a leaf of the schema. */
export interface Setting {
  /** Dotted, such as `server.bodyLimitBytes`. */
  readonly path: string
  /** Environment variable that sets it, such as `STRATAROUTER_SERVER_BODY_LIMIT_BYTES`. */
  readonly variable: string
  readonly schema: JsonSchema
  readonly secret: boolean
  readonly filePath: boolean
}

/** JSON Schema (2020-12) of a configuration file. */
export const configJsonSchema = z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema

/** Every setting, in the order of the schema. */
export const settings: readonly Setting[] = leavesOf(configJsonSchema, [])

/** `server.bodyLimitBytes` → `STRATAROUTER_SERVER_BODY_LIMIT_BYTES`. */
function variableOf(path: string): string {
  const words = path.replace(/[A-Z]/g, (letter) => `_${letter}`).replaceAll('.', '_')
  return `STRATAROUTER_${words.toUpperCase()}`
}

function leavesOf(schema: JsonSchema, path: readonly string[]): Setting[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const childPath = [...path, key]
    if (child.properties) return leavesOf(child, childPath)
    const dotted = childPath.join('.')
    return [
      {
        path: dotted,
        variable: variableOf(dotted),
        schema: child,
        secret: child.secret === true,
        filePath: child.filePath === true,
      },
    ]
  })
}
