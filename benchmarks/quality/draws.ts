import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { seededRandom, shuffle } from '../../src/util/random.ts'
import type { InScopeText, IntentSet } from './datasets.ts'

export const SEEDS = [0, 1, 2] as const
/** The largest few-shot draw; a smaller one is its beginning. */
const MOST_DRAWN = 20

interface DrawFile {
  readonly set: string
  readonly seed: number
  readonly rule: string
  /** For each route the places in the pool, in the order drawn. */
  readonly drawn: Readonly<Record<string, readonly number[]>>
}

const drawFile = (set: string, seed: number) => new URL(`./draws/${set}-seed-${seed}.json`, import.meta.url)

/** For each route in name order: the first places of a seeded shuffle of its places in the pool. */
function draw(set: IntentSet, seed: number): DrawFile {
  const places = new Map<string, number[]>(set.routes.map((name) => [name, []]))
  set.pool.forEach(({ route }, place) => {
    places.get(route)!.push(place)
  })
  const random = seededRandom(seed)
  return {
    set: set.name,
    seed,
    rule: 'routes in name order; the first 20 of a shuffle of the places of each route in the pool, one generator throughout',
    drawn: Object.fromEntries(
      [...places].map(([name, list]) => [name, shuffle(list, random).slice(0, MOST_DRAWN)]),
    ),
  }
}

const LINE_WIDTH = 110

/** As the formatter would have it: a list on one line if it fits there, else filling lines. */
function printDraw({ drawn, ...head }: DrawFile): string {
  const routes = Object.entries(drawn).map(([name, places]) => {
    const line = `    ${JSON.stringify(name)}: [${places.join(', ')}]`
    return line.length < LINE_WIDTH ? line : `    ${JSON.stringify(name)}: [\n${fill(places, 6)}\n    ]`
  })
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "drawn": {\n${routes.join(',\n')}\n  }\n}\n`
}

function fill(places: readonly number[], indent: number): string {
  const lines: string[] = []
  for (const [index, place] of places.entries()) {
    const item = `${place}${index < places.length - 1 ? ',' : ''}`
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + item.length > LINE_WIDTH)
      lines.push(' '.repeat(indent) + item)
    else lines[lines.length - 1] = `${last} ${item}`
  }
  return lines.join('\n')
}

/** Writes the draws that are missing and makes sure that those committed are the ones the program makes. */
export function checkDraws(set: IntentSet): void {
  for (const seed of SEEDS) {
    const file = drawFile(set.name, seed)
    const text = printDraw(draw(set, seed))
    if (!existsSync(file)) writeFileSync(file, text)
    else if (JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))) !== JSON.stringify(JSON.parse(text))) {
      throw new Error(`${file.pathname} is not what the program draws; delete it to have it written anew.`)
    }
  }
}

/** The committed draw of `shots` examples a route, route by route; the whole pool for `full`. */
export function drawnRows(set: IntentSet, shots: number | 'full', seed: number): readonly InScopeText[] {
  if (shots === 'full') return set.pool
  if (shots > MOST_DRAWN) throw new Error(`Draws hold ${MOST_DRAWN} examples a route, not ${shots}.`)
  const { drawn } = JSON.parse(readFileSync(drawFile(set.name, seed), 'utf8')) as DrawFile
  return set.routes.flatMap((name) => drawn[name]!.slice(0, shots).map((place) => set.pool[place]!))
}
