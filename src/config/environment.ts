import { type ErrorDetail, StrataError } from '../errors/index.ts'
import { nearestName } from '../util/nearest-name.ts'
import { type Setting, settings } from './settings.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A value found in the environment for one setting. */
interface EnvironmentValue {
  readonly setting: Setting
  readonly name: string
  readonly text: string
}

interface EnvironmentReading {
  readonly values: readonly EnvironmentValue[]
  /** Sentences for the log: deprecated or ignored names. */
  readonly notes: readonly string[]
}

/** Names of other conventions, weakest first; a `STRATAROUTER_` name beats them all. */
const CONVENTIONAL_NAMES: readonly {
  name: string
  path: string
  deprecated: boolean
  /** From how others write it to how a setting is written. */
  read?: (text: string) => string
}[] = [
  { name: 'SERVER_PORT', path: 'server.port', deprecated: true },
  { name: 'SR_PORT', path: 'server.port', deprecated: true },
  { name: 'PORT', path: 'server.port', deprecated: false },
  { name: 'DATABASE_URL', path: 'database.primary', deprecated: false },
  { name: 'SR_WORKERS', path: 'server.workers', deprecated: true },
  { name: 'SR_LOG_LEVEL', path: 'log.level', deprecated: true, read: olderLevel },
  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', path: 'telemetry.traces.endpoint', deprecated: false },
  {
    name: 'OTEL_EXPORTER_OTLP_HEADERS',
    path: 'telemetry.traces.headers',
    deprecated: false,
    read: headerList,
  },
  { name: 'OTEL_SERVICE_NAME', path: 'telemetry.traces.serviceName', deprecated: false },
]

const REFUSED_NAMES: Readonly<Record<string, string>> = {
  CACHE_SIMILARITY_THRESHOLD:
    'a similarity says nothing about how often a cached answer is wrong, so it is mapped to no setting; unset it',
}

/** The file that `loadConfig` reads, and so not a setting itself. */
export const CONFIG_FILE_VARIABLE = 'STRATAROUTER_CONFIG'

/** What an orchestrator sets for a service that is called "stratarouter". */
const SERVICE_DISCOVERY = /^STRATAROUTER_(SERVICE_(HOST|PORT)|PORT)(_|$)/

/** Finds the settings in an environment. Throws `invalid_configuration` for refused and misspelt names. */
export function readEnvironment(environment: Environment): EnvironmentReading {
  const values: EnvironmentValue[] = []
  const notes: string[] = []
  const byVariable = new Map(settings.map((setting) => [setting.variable, setting]))

  for (const { name, path, deprecated, read } of CONVENTIONAL_NAMES) {
    const text = environment[name]
    const setting = settings.find((candidate) => candidate.path === path)
    if (!text || !setting) continue
    values.push({ setting, name, text: read ? read(text) : text })
    if (deprecated) notes.push(`${name} is deprecated; use ${setting.variable}.`)
  }

  const details: ErrorDetail[] = Object.entries(REFUSED_NAMES)
    .filter(([name]) => environment[name] !== undefined)
    .map(([name, reason]) => ({ path: name, message: reason }))
  for (const [name, text] of Object.entries(environment)) {
    if (text === undefined || !name.startsWith('STRATAROUTER_') || name === CONFIG_FILE_VARIABLE) continue
    const setting = byVariable.get(name)
    if (setting) {
      values.push({ setting, name, text })
      continue
    }
    if (SERVICE_DISCOVERY.test(name)) continue
    const nearest = nearestName(withoutPrefix(name), [...byVariable.keys()].map(withoutPrefix), 2)
    if (nearest) {
      details.push({
        path: name,
        message: `unknown; did you mean STRATAROUTER_${nearest}?`,
        nearest: `STRATAROUTER_${nearest}`,
      })
    } else notes.push(`${name} is no setting of this version and was ignored.`)
  }
  if (details.length > 0) {
    const list = details.map((detail) => `\n  ${detail.path}: ${detail.message}`).join('')
    throw new StrataError('invalid_configuration', `The environment has names that cannot be used:${list}`, {
      details,
    })
  }
  return { values, notes }
}

/** Turns the text of a variable or flag into what the schema of the setting asks for; leaves it alone when it cannot. */
export function coerce(setting: Setting, text: string): unknown {
  const types = [setting.schema, ...(setting.schema.anyOf ?? [])].map((schema) => schema.type)
  if ((types.includes('integer') || types.includes('number')) && /^-?\d+(\.\d+)?$/.test(text))
    return Number(text)
  if (types.includes('boolean') && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  if (types.includes('object') && text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text)
    } catch {
      // The schema says what it expects instead.
      return text
    }
  }
  if (types.includes('array')) {
    return text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
  }
  return text
}

const withoutPrefix = (name: string): string => name.slice('STRATAROUTER_'.length)

/** The older server took Python's level names. */
function olderLevel(text: string): string {
  const level = text.toLowerCase()
  return { warning: 'warn', critical: 'error', fatal: 'error' }[level] ?? level
}

/** OpenTelemetry's `name=value,name=value`, percent-encoded, as a JSON object; what is not written so stays as it is. */
function headerList(text: string): string {
  const entries: [string, string][] = []
  for (const entry of text.split(',')) {
    const split = entry.indexOf('=')
    const value = split < 1 ? undefined : percentDecoded(entry.slice(split + 1).trim())
    if (value === undefined) return text
    entries.push([entry.slice(0, split).trim(), value])
  }
  return JSON.stringify(Object.fromEntries(entries))
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
