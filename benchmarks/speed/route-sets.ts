import { readFileSync } from 'node:fs'
import type { LabelledText, RouteDefinition } from '../../src/contracts/index.ts'
import { type Random, seededRandom, shuffle } from '../../src/util/random.ts'

/** A route set to measure with, and queries to it whose right route is known. */
export interface MeasuredSet {
  readonly routes: readonly RouteDefinition[]
  readonly queries: readonly LabelledText[]
}

const SEED = 5

function readRows(path: string): { text: string; route: string }[] {
  return readFileSync(new URL(`../quality/data/${path}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { text: string; route: string })
}

function textsByIntent(paths: readonly string[]): Map<string, string[]> {
  const texts = new Map<string, string[]>()
  for (const path of paths) {
    for (const { text, route } of readRows(path)) {
      const intent = `${path.slice(0, path.indexOf('/'))}.${route}`
      const list = texts.get(intent)
      if (list) list.push(text)
      else texts.set(intent, [text])
    }
  }
  return texts
}

const shuffled = <T>(items: readonly T[], random: Random): T[] =>
  Array.from(shuffle(Int32Array.from(items.keys()), random), (place) => items[place]!)

/** The first `count` intents of CLINC150 as routes with as many examples as asked for; its test or validation texts as queries. */
export function clincRoutes(count: number, examples: number, queries: 'test' | 'val' = 'test'): MeasuredSet {
  const random = seededRandom(SEED)
  const intents = [...textsByIntent(['clinc150/train.jsonl'])].slice(0, count)
  const routes = intents.map(([intent, texts]) => ({
    name: intent.slice(intent.indexOf('.') + 1),
    examples: shuffled(texts, random).slice(0, examples),
  }))
  const names = new Set(routes.map(({ name }) => name))
  return { routes, queries: readRows(`clinc150/${queries}.jsonl`).filter(({ route }) => names.has(route)) }
}

const CONSONANTS = 'b br c ch cr d dr f fl g gr h j k kl l m n p pl pr qu r s sh sk st t tr v w z'.split(' ')
const VOWELS = 'a e i o u ai ea io ou ee'.split(' ')
const ENDINGS = 'n r x s l ra na tek dyne mont ville soft ium ex'.split(' ')

/** A word like those of brands, places and products: two or three syllables and an ending. */
function inventWord(random: Random, taken: Set<string>): string {
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)]!
  for (;;) {
    let word = ''
    for (let syllables = 2 + Math.floor(random() * 2); syllables > 0; syllables--)
      word += pick(CONSONANTS) + pick(VOWELS)
    word += pick(ENDINGS)
    if (taken.has(word)) continue
    taken.add(word)
    return word
  }
}

const FRAMES: readonly ((text: string, owner: string, topic: string) => string)[] = [
  (text, owner) => `${text} for ${owner}`,
  (text, owner) => `${owner}: ${text}`,
  (text, owner, topic) => `in the ${topic} of ${owner}, ${text}`,
  (text, owner, topic) => `${text} (${owner} ${topic})`,
  (text, owner) => `my ${owner} account, ${text}`,
  (text, owner, topic) => `${text} with ${topic} at ${owner}`,
]

/**
 * Routes for sizes that no public set has. A route is an intent of CLINC150 or HWU64 (214 of them) at one of as many
 * owners as are needed, an invented name that all routes of that owner share; half of its texts also name a topic, an
 * invented word of the route's own. So a route is told from others of its intent by the owner, from others of its
 * owner by the intent. Examples and queries are different texts of the intent in one of six frames, all by one seed.
 */
export function syntheticRoutes(count: number, examples: number, queryCount: number): MeasuredSet {
  const random = seededRandom(SEED)
  const intents = [...textsByIntent(['clinc150/train.jsonl', 'hwu64/train.jsonl'])].filter(
    ([, texts]) => texts.length >= examples + 2,
  )
  const taken = new Set<string>()
  const owners = Array.from({ length: Math.ceil(count / intents.length) }, () => inventWord(random, taken))
  const queries: LabelledText[] = []
  const routes = Array.from({ length: count }, (_, place) => {
    const [intent, texts] = intents[place % intents.length]!
    const owner = owners[Math.floor(place / intents.length)]!
    const topic = inventWord(random, taken)
    const name = `${owner}.${intent}`
    const [query, ...rest] = shuffled(texts, random)
      .slice(0, examples + 1)
      .map((text) => FRAMES[Math.floor(random() * FRAMES.length)]!(text, owner, topic))
    queries.push({ text: query!, route: name })
    return { name, examples: rest }
  })
  return { routes, queries: shuffled(queries, random).slice(0, queryCount) }
}
