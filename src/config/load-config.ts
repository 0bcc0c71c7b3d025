import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type ErrorDetail, StrataError } from '../errors/index.ts'
import { addConventionalKeys } from './conventional-keys.ts'
import { CONFIG_FILE_VARIABLE, coerce, type Environment, readEnvironment } from './environment.ts'
import { gatewayProblems } from './gateway-problems.ts'
import { type ParsedDocument, parseDocument, readText } from './parse-document.ts'
import { pathText, problemsOf } from './problems.ts'
import { refuseConfiguration } from './refuse-configuration.ts'
import { type Config, configSchema } from './schema.ts'
import { readSecret, replaceSecrets } from './secrets.ts'
import { configJsonSchema, type Setting, settings } from './settings.ts'

/** Where a value came from. */
export type Source =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly file: string; readonly line?: number }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'flag'; readonly name: string }

export interface LoadedConfig {
  readonly config: Config
  /** By path of the setting; one entry for every setting. */
  readonly sources: ReadonlyMap<string, Source>
  /** Sentences worth a warning in the log: deprecated names, literal secrets. */
  readonly notes: readonly string[]
  /** The configuration file that was read, absolute; null when there was none. */
  readonly file: string | null
}

export interface LoadConfigOptions {
  /** Configuration file; otherwise `STRATAROUTER_CONFIG`, otherwise `stratarouter.{yaml,yml,json}` where it exists. */
  readonly file?: string
  readonly environment?: Environment
  /** By path of the setting, such as `{'server.port': '9000'}`; undefined values are passed over. */
  readonly flags?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
  readonly workingDirectory?: string
}

const DEFAULT_FILES = ['stratarouter.yaml', 'stratarouter.yml', 'stratarouter.json']

/**
 * Reads the configuration: file, then environment, then flags, each beating the one before.
 * @throws StrataError `invalid_configuration` with every problem in `details`; `file_not_found`
 */
export function loadConfig(options: LoadConfigOptions = {}): LoadedConfig {
  const workingDirectory = options.workingDirectory ?? process.cwd()
  const environment = options.environment ?? process.env
  const file = configFile(options, environment, workingDirectory)
  const document = file === null ? undefined : readFile(file)
  const reading = readEnvironment(environment)
  const notes = [...reading.notes]

  const input = structuredClone(document?.value ?? {}) as Record<string, unknown>
  const sources = new Map<string, Source>()
  for (const setting of settings) {
    const inFile = file !== null && read(input, setting.path) !== undefined
    const line = document?.lineOf(setting.path.split('.'))
    sources.set(
      setting.path,
      inFile ? { kind: 'file', file, ...(line ? { line } : {}) } : { kind: 'default' },
    )
  }
  for (const { setting, name, text } of reading.values) {
    write(input, setting.path, coerce(setting, text))
    sources.set(setting.path, { kind: 'environment', name })
  }
  for (const [path, value] of Object.entries(options.flags ?? {})) {
    if (value === undefined) continue
    const setting = settings.find((candidate) => candidate.path === path)
    if (!setting)
      throw new StrataError('invalid_configuration', `There is no setting ${path} for a flag to set.`)
    write(input, path, typeof value === 'string' ? coerce(setting, value) : value)
    sources.set(path, { kind: 'flag', name: path })
  }

  const result = configSchema.safeParse(input)
  const details = result.success ? [] : problemsOf(result.error.issues, input, configJsonSchema)
  let config = result.data as Record<string, unknown> | undefined
  if (config) {
    const folderOf = (path: string) => {
      const source = sources.get(path) as Source
      return source.kind === 'file' ? dirname(source.file) : workingDirectory
    }
    for (const { path, filePath } of settings) {
      const value = filePath ? read(config, path) : undefined
      if (typeof value === 'string') write(config, path, resolve(folderOf(path), value))
    }
    config = replaceSecrets(configJsonSchema, config, (keys, text) => {
      const setting = settingAt(keys)?.path ?? ''
      const folder = folderOf(setting)
      const path = pathText(keys)
      const secret = readSecret(text, { folder, environment })
      if ('problem' in secret) {
        details.push({ path, message: secret.problem })
        return text
      }
      // Of an address only what is called a key is one; versions are written there too.
      const isPublic = keys.at(-2) === 'query' && !/key|token|secret|password|sig/i.test(String(keys.at(-1)))
      if (secret.isLiteral && !isPublic && sources.get(setting)?.kind !== 'environment') {
        notes.push(
          `${path} is written down as it is; file:/path or env:NAME keeps the secret out of the configuration.`,
        )
      }
      return secret.value
    }) as Record<string, unknown>
    const finished = config as unknown as Config
    finishDatabase(finished, sources, workingDirectory)
    addConventionalKeys(finished.providers, environment)
    details.push(...gatewayProblems(finished))
  }
  if (details.length > 0) throw refusal(details, sources, document, file)
  return { config: deepFreeze(config) as unknown as Config, sources, notes, file }
}

function configFile(
  options: LoadConfigOptions,
  environment: Environment,
  workingDirectory: string,
): string | null {
  const named = options.file ?? environment[CONFIG_FILE_VARIABLE]
  if (named) return resolve(workingDirectory, named)
  const found = DEFAULT_FILES.find((name) => existsSync(join(workingDirectory, name)))
  return found === undefined ? null : join(workingDirectory, found)
}

function readFile(file: string): ParsedDocument {
  const document = parseDocument(readText(file, 'configuration file'), file, 'invalid_configuration')
  const value = document.value
  if (value !== null && (typeof value !== 'object' || Array.isArray(value))) {
    throw new StrataError(
      'invalid_configuration',
      `${file} must hold settings by name, such as "server: { port: 8000 }".`,
    )
  }
  return document
}

/** The setting that a place in the configuration belongs to. */
function settingAt(keys: readonly (string | number)[]): Setting | undefined {
  return settings.find(({ path }) => path.split('.').every((part, index) => part === keys[index]))
}

/** Fills in the default that depends on another setting, and makes the path absolute. */
function finishDatabase(config: Config, sources: Map<string, Source>, workingDirectory: string): void {
  const path = 'database.primary'
  const written = config.database.primary
  if (written !== undefined && !written.startsWith('sqlite:')) return
  const source = sources.get(path) as Source
  const base = source.kind === 'file' ? dirname(source.file) : workingDirectory
  const file =
    written === undefined
      ? join(config.dataDir, 'stratarouter.db')
      : resolve(base, written.slice('sqlite:'.length))
  write(config as unknown as Record<string, unknown>, path, `sqlite:${file}`)
}

function refusal(
  problems: readonly ErrorDetail[],
  sources: ReadonlyMap<string, Source>,
  document: ParsedDocument | undefined,
  file: string | null,
): StrataError {
  return refuseConfiguration(problems, (keys, path) => {
    const source = sources.get(settingAt(keys)?.path ?? path)
    if (source?.kind === 'environment' || source?.kind === 'flag') return `${source.kind} ${source.name}`
    if (file === null || source?.kind === 'default') return undefined
    const line = document?.lineOf(keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key)))
    return `${file}${line ? `:${line}` : ''}`
  })
}

function read(root: Record<string, unknown>, path: string): unknown {
  let here: unknown = root
  for (const key of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = (here as Record<string, unknown>)[key]
  }
  return here
}

/** Writes below objects only; where the file has something else, the schema says what is wrong with it. */
function write(root: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.')
  let here = root
  for (const key of keys.slice(0, -1)) {
    const next = here[key] ?? {}
    if (typeof next !== 'object') return
    here[key] = next
    here = next as Record<string, unknown>
  }
  here[keys.at(-1) as string] = value
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child)
    Object.freeze(value)
  }
  return value
}
