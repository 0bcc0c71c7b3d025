import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { loadBuiltinEncoder } from '../../src/index.ts'
import { BENCHMARK_SEED, type ResultName } from './subject.ts'

/** Under which conditions a subject was measured. */
export interface Conditions {
  readonly commit: string
  /** True when files under src/ differed from that commit. */
  readonly hasLocalChanges: boolean
  readonly date: string
  readonly machine: { readonly processor: string; readonly cores: number; readonly memoryGb: number }
  readonly node: string
  readonly encoder: { readonly name: string; readonly fingerprint: string }
  readonly seed: number
  readonly isQuick: boolean
  readonly seconds: number
}

export type ResultFile<Result> = { readonly subject: string; readonly conditions: Conditions } & Result

export const committedResults = new URL('./results/', import.meta.url)

const git = (...words: string[]): string =>
  execFileSync('git', words, {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    encoding: 'utf8',
  }).trim()

export interface SourceState {
  readonly commit: string
  readonly hasLocalChanges: boolean
}

/** Which sources are about to be measured; ask before the run, not after it. */
export function readSourceState(): SourceState {
  return {
    commit: git('rev-parse', 'HEAD'),
    hasLocalChanges: git('status', '--porcelain', '--', 'src') !== '',
  }
}

export async function conditionsOf(
  source: SourceState,
  { isQuick, seconds }: { isQuick: boolean; seconds: number },
): Promise<Conditions> {
  const encoder = await loadBuiltinEncoder()
  return {
    ...source,
    date: new Date().toISOString().slice(0, 10),
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryGb: Math.round(totalmem() / 2 ** 30),
    },
    node: process.version,
    encoder: { name: encoder.name, fingerprint: encoder.fingerprint },
    seed: BENCHMARK_SEED,
    isQuick,
    seconds: Math.round(seconds),
  }
}

export function writeResult(folder: URL, subject: ResultName, conditions: Conditions, result: object): void {
  mkdirSync(folder, { recursive: true })
  const fields = Object.entries({ subject, conditions, ...result }).map(([key, value]: [string, unknown]) => {
    const isList = Array.isArray(value) && typeof value[0] === 'object'
    const printed = isList ? `[\n${value.map((item) => `  ${print(item)}`).join(',\n')}\n ]` : print(value)
    return ` ${JSON.stringify(key)}: ${printed}`
  })
  writeFileSync(new URL(`${subject}.json`, folder), `{\n${fields.join(',\n')}\n}\n`)
}

/** Six digits: more would only make two files harder to compare. */
const print = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'number' && !Number.isInteger(part) ? Number(part.toPrecision(6)) : part,
  )

/** A result file, or undefined where the subject has not been measured. */
export function readResult<Result>(folder: URL, subject: ResultName): ResultFile<Result> | undefined {
  const file = new URL(`${subject}.json`, folder)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ResultFile<Result>) : undefined
}

/** A folder named on the command line. */
export const folderUrl = (path: string): URL => pathToFileURL(`${path.replace(/\/+$/, '')}/`)
