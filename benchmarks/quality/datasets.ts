import { readFileSync } from 'node:fs'
import { type LabelledText, parseLabelledRows } from '../../src/index.ts'
import { sha256 } from '../../src/util/sha256.ts'

export type SetName = 'clinc150' | 'hwu64'

/** The two intent sets as the bars use them: examples are drawn from `pool`, figures come from `test`. */
export interface IntentSet {
  readonly name: SetName
  readonly title: string
  readonly pool: readonly InScopeText[]
  readonly test: readonly InScopeText[]
  /** Names of the routes in order. */
  readonly routes: readonly string[]
}

export interface InScopeText {
  readonly text: string
  readonly route: string
}

const dataFolder = new URL('./data/', import.meta.url)
let checksums: ReadonlyMap<string, string> | undefined

/** Rows of one data file, which must be the one that SHA256SUMS names. */
export function readRows(file: string): readonly LabelledText[] {
  checksums ??= new Map(
    readFileSync(new URL('SHA256SUMS', dataFolder), 'utf8')
      .trim()
      .split('\n')
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  )
  const bytes = readFileSync(new URL(file, dataFolder))
  const found = sha256(bytes)
  if (checksums.get(file) !== found) {
    throw new Error(
      `benchmarks/quality/data/${file} is not the file that SHA256SUMS names: its hash is ${found}.`,
    )
  }
  const lines = bytes.toString('utf8').trim().split('\n')
  return parseLabelledRows(lines.map((line): unknown => JSON.parse(line)))
}

export function readInScope(file: string): readonly InScopeText[] {
  return readRows(file).map(({ text, route }) => {
    if (route === null) throw new Error(`${file} holds an out-of-scope row; expected routes only.`)
    return { text, route }
  })
}

export function readIntentSet(name: SetName): IntentSet {
  const pool =
    name === 'clinc150'
      ? [...readInScope('clinc150/train.jsonl'), ...readInScope('clinc150/val.jsonl')]
      : readInScope('hwu64/train.jsonl')
  return {
    name,
    title: name === 'clinc150' ? 'CLINC150' : 'HWU64',
    pool,
    test: readInScope(`${name}/test.jsonl`),
    routes: routeNames(pool),
  }
}

export const routeNames = (rows: readonly InScopeText[]): readonly string[] =>
  [...new Set(rows.map(({ route }) => route))].sort()

/** A route-file shape for `createRouter`: the rows by route, routes in name order. */
export function routesOf(
  rows: readonly InScopeText[],
  rename: (name: string) => string = (name) => name,
): { name: string; examples: string[] }[] {
  const examples = new Map<string, string[]>(routeNames(rows).map((name) => [name, []]))
  for (const { text, route } of rows) examples.get(route)!.push(text)
  return [...examples].map(([name, texts]) => ({ name: rename(name), examples: texts }))
}

/** Names that say nothing, by the place of the route: `route-17`. */
export function hideNames(routes: readonly string[]): (name: string) => string {
  const hidden = new Map(routes.map((name, place) => [name, `route-${place + 1}`]))
  return (name) => hidden.get(name)!
}
