import type { LoadedConfig, Source } from './load-config.ts'
import { replaceSecrets } from './secrets.ts'
import { settings } from './settings.ts'

interface ExplainedSetting {
  readonly path: string
  /** Secrets are `***`; undefined when unset. */
  readonly value: unknown
  /** For people: `default`, `stratarouter.yaml:3`, `environment PORT`, `flag server.port`. */
  readonly source: string
  readonly variable: string
  readonly description: string
}

/** Each setting with its value and where that came from, in the order of the schema. */
export function explain(loaded: LoadedConfig): ExplainedSetting[] {
  return settings.map((setting) => {
    let value: unknown = loaded.config
    for (const key of setting.path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key]
    return {
      path: setting.path,
      value: withoutPassword(
        replaceSecrets({ ...setting.schema, secret: setting.secret }, value, () => '***'),
      ),
      source: sourceText(loaded.sources.get(setting.path)),
      variable: setting.variable,
      description: setting.schema.description ?? '',
    }
  })
}

/** Addresses of databases may hold a password. */
function withoutPassword(value: unknown): unknown {
  if (typeof value === 'string') {
    return value
      .replace(/^(\w+:\/\/[^:@/]*):[^@]*@/, '$1:***@')
      .replace(/([?&][^=&]*(?:key|token|secret|password)[^=&]*=)[^&]*/gi, '$1***')
  }
  if (Array.isArray(value)) return value.map(withoutPassword)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, withoutPassword(child)]))
}

function sourceText(source: Source | undefined): string {
  if (source === undefined || source.kind === 'default') return 'default'
  if (source.kind === 'file') return source.line === undefined ? source.file : `${source.file}:${source.line}`
  return `${source.kind} ${source.name}`
}
