import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabelledText } from '../../src/contracts/index.ts'
import { seededRandom, shuffle } from '../../src/util/random.ts'
import {
  type InScopeText,
  readInScope,
  readIntentSet,
  readRows,
  routesOf,
  type SetName,
} from '../quality/datasets.ts'
import { drawnRows, SEEDS } from '../quality/draws.ts'
import type { DecideJob } from './tasks.ts'

export type Shots = number | 'full'

/** How the routers are set up: as they come, or with the options that did best on validation; and then calibrated with labels. */
export type Way = 'defaults' | 'options' | 'labelled' | 'labelled-options'

export interface Case {
  readonly set: SetName
  readonly shots: Shots
  readonly seed: number
  readonly way: Way
  readonly rows: readonly LabelledText[]
  readonly job: DecideJob
}

/** Files for both sides in one folder, each text of any of them listed once for the encoder. */
export class JobFiles {
  readonly #folder: string
  readonly #texts = new Set<string>()
  #files = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  path(name: string): string {
    return join(this.#folder, name)
  }

  routes(rows: readonly InScopeText[]): string {
    for (const { text } of rows) this.#texts.add(text)
    return this.#write(JSON.stringify({ version: 1, routes: routesOf(rows) }))
  }

  rows(rows: readonly LabelledText[]): string {
    for (const { text } of rows) this.#texts.add(text)
    return this.#write(rows.map((row) => JSON.stringify(row)).join('\n'))
  }

  allTexts(): string {
    return this.#write(JSON.stringify([...this.#texts]))
  }

  #write(content: string): string {
    const file = this.path(`${this.#files++}.json`)
    writeFileSync(file, content)
    return file
  }
}

/** The first `shots` of a seeded shuffle of each route's training texts of CLINC150, validation left out. */
function fromTrain(shots: Shots): readonly InScopeText[] {
  const train = readInScope('clinc150/train.jsonl')
  if (shots === 'full') return train
  const random = seededRandom(0)
  return routesOf(train).flatMap(({ name, examples }) =>
    shuffle([...examples.keys()], random)
      .slice(0, shots)
      .map((place) => ({ text: examples[place]!, route: name })),
  )
}

const AGGREGATIONS = ['mean', 'max', 'sum']
const TOP_K = [5, 20]

/** Every setting of semantic-router's own options, on validation texts, from which the best is taken. */
export function optionCases(files: JobFiles): Case[] {
  const rows = readInScope('clinc150/val.jsonl')
  const routes = files.routes(fromTrain(10))
  const queries = files.rows(rows)
  return TOP_K.flatMap((top_k) =>
    AGGREGATIONS.map((aggregation) => ({
      set: 'clinc150' as const,
      shots: 10,
      seed: 0,
      way: 'options' as const,
      rows,
      job: { routes, queries, aggregation, top_k },
    })),
  )
}

/** Few-shot draws and the whole pool of both sets; out-of-scope queries beside those of CLINC150. */
export function accuracyCases(files: JobFiles, isQuick: boolean): Case[] {
  const shotList: readonly Shots[] = isQuick ? [5] : [5, 10, 'full']
  return (['hwu64', 'clinc150'] as const).flatMap((name) => {
    const set = readIntentSet(name)
    const outside = name === 'clinc150' ? readRows('clinc150/oos_test.jsonl') : []
    const rows = thinned([...set.test, ...outside], isQuick)
    const queries = files.rows(rows)
    return shotList.flatMap((shots) =>
      (shots === 'full' || isQuick ? [0] : SEEDS).map((seed) => ({
        set: name,
        shots,
        seed,
        way: 'defaults' as const,
        rows,
        job: { routes: files.routes(drawnRows(set, shots, seed)), queries },
      })),
    )
  })
}

/** CLINC150's official split: examples from train, calibrated on its validation texts, in scope and out of it. */
export function labelledCases(files: JobFiles, isQuick: boolean): Case[] {
  const rows = thinned([...readRows('clinc150/test.jsonl'), ...readRows('clinc150/oos_test.jsonl')], isQuick)
  const queries = files.rows(rows)
  const data = files.rows([...readRows('clinc150/val.jsonl'), ...readRows('clinc150/oos_val.jsonl')])
  return (isQuick ? [10] : [10, 'full' as const]).map((shots) => ({
    set: 'clinc150' as const,
    shots,
    seed: 0,
    way: 'labelled' as const,
    rows,
    job: { routes: files.routes(fromTrain(shots)), queries, data },
  }))
}

/** Route sets to measure time and memory with, and queries to them. */
export function serveFiles(
  files: JobFiles,
  isQuick: boolean,
): { shots: number; routes: string; queries: string }[] {
  const queries = files.rows(readInScope('clinc150/test.jsonl').filter((_, place) => place % 4 === 0))
  return (isQuick ? [10] : [10, 100]).map((shots) => ({
    shots,
    routes: files.routes(fromTrain(shots)),
    queries,
  }))
}

const thinned = <T>(rows: readonly T[], isQuick: boolean): readonly T[] =>
  isQuick ? rows.filter((_, place) => place % 20 === 0) : rows
