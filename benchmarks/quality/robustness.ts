import { readFileSync } from 'node:fs'
import { createRouter, type Router } from '../../src/index.ts'
import { type Random, seededRandom } from '../../src/util/random.ts'
import { type InScopeText, readIntentSet, routesOf } from './datasets.ts'
import { checkDraws, drawnRows, SEEDS } from './draws.ts'
import { share } from './measures.ts'
import { betweenChatter, withoutPunctuation, withTypos, withWordsSwapped } from './perturbations.ts'
import { BENCHMARK_SEED, type SubjectContext } from './subject.ts'

const SHOTS = 10

/** Sentences around a request; nothing is tuned on the reporting half. */
interface Chatter {
  readonly development: { readonly before: readonly string[]; readonly after: readonly string[] }
  readonly reporting: { readonly before: readonly string[]; readonly after: readonly string[] }
}

interface ForeignText {
  readonly language: string
  readonly text: string
  /** The route that would be right if the router spoke the language; null when none. */
  readonly route: string | null
}

export interface RobustnessRound {
  readonly seed: number
  /** In-scope accuracy of the test queries under each change, thresholds ignored. */
  readonly accuracy: Readonly<Record<string, number>>
  readonly twoIntents: readonly {
    readonly way: string
    /** Share of messages in whose `intents` both requests are named. */
    readonly both: number
    /** Share of messages that report several intents, right or wrong. */
    readonly several: number
  }[]
  /** Share of the pairs whose two requests, asked one by one, are both answered rightly: what is to be had. */
  readonly bothAlone: number
  /** Share of plain single requests that report several intents. */
  readonly severalOfOne: number
  readonly foreign: {
    readonly accepted: number
    /** Accepted by another route than the one that would be right. */
    readonly acceptedWrongly: number
    readonly byLanguage: Readonly<Record<string, number>>
    readonly acceptedTexts: readonly {
      readonly text: string
      readonly route: string
      readonly confidence: number
    }[]
  }
}

export interface RobustnessResult {
  readonly shots: number
  readonly chatterSentences: number
  readonly foreignTexts: number
  readonly rounds: readonly RobustnessRound[]
}

const readJson = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as T

const JOINS: readonly { readonly way: string; readonly join: (first: string, second: string) => string }[] = [
  { way: 'A. B.', join: (first, second) => `${first}. ${second}.` },
  { way: 'A and B', join: (first, second) => `${first} and ${second}` },
  { way: 'A, also B', join: (first, second) => `${first}, also ${second}` },
  { way: 'A, then B', join: (first, second) => `${first}, then ${second}` },
]

/** What ten examples a route survive: typos, chatter, two requests at once, other languages, sloppy writing. */
export async function measureRobustness({ isQuick, progress }: SubjectContext): Promise<RobustnessResult> {
  const set = readIntentSet('clinc150')
  checkDraws(set)
  const chatter = readJson<Chatter>('./chatter.json')
  const foreign = readJson<readonly ForeignText[]>('./languages.json')
  const test = isQuick ? set.test.filter((_, place) => place % 10 === 0) : set.test
  const changes: Readonly<Record<string, (text: string, random: Random) => string>> = {
    unchanged: (text) => text,
    'typos in 10% of the longer words': (text, random) => withTypos(text, 0.1, random),
    'typos in 30% of the longer words': (text, random) => withTypos(text, 0.3, random),
    'between two sentences of chatter': (text, random) => betweenChatter(text, chatter.reporting, random),
    'the same, development half of the chatter': (text, random) =>
      betweenChatter(text, chatter.development, random),
    'between chatter, the query without full stop or capital': (text, random) =>
      betweenChatter(text, chatter.reporting, random, true),
    'between chatter, no punctuation and no capitals at all': (text, random) =>
      withoutPunctuation(betweenChatter(text, chatter.reporting, random)).toLowerCase(),
    'two neighbouring words swapped': withWordsSwapped,
    'upper case': (text) => text.toUpperCase(),
    'no punctuation': withoutPunctuation,
  }
  const rounds: RobustnessRound[] = []
  for (const seed of isQuick ? [0] : SEEDS) {
    progress(`fit, seed ${seed}`)
    const router = await createRouter({ routes: routesOf(drawnRows(set, SHOTS, seed)) })
    const accuracy: Record<string, number> = {}
    for (const [name, change] of Object.entries(changes)) {
      progress(`seed ${seed}, ${name}`)
      const random = seededRandom(BENCHMARK_SEED + seed)
      accuracy[name] = share(test, ({ text, route }) => bestRoute(router, change(text, random)) === route)
    }
    progress(`seed ${seed}, two intents and other languages`)
    rounds.push({ seed, accuracy, ...twoIntents(router, test, seed), foreign: readForeign(router, foreign) })
  }
  const sentences = [chatter.development, chatter.reporting].flatMap(({ before, after }) => [
    ...before,
    ...after,
  ])
  return { shots: SHOTS, chatterSentences: sentences.length, foreignTexts: foreign.length, rounds }
}

const bestRoute = (router: Router, text: string): string =>
  router.route(text, { topK: 1 }).candidates[0]!.route

function twoIntents(router: Router, test: readonly InScopeText[], seed: number) {
  const random = seededRandom(BENCHMARK_SEED + seed)
  const pairs = test.slice(0, 1000).map(() => {
    const one = (): InScopeText => test[Math.floor(random() * test.length)]!
    const first = one()
    let second = one()
    while (second.route === first.route) second = one()
    return { first, second }
  })
  const found = (message: string) => router.route(message).intents?.map(({ route }) => route) ?? []
  return {
    twoIntents: JOINS.map(({ way, join }) => {
      const intents = pairs.map(({ first, second }) => found(join(first.text, second.text)))
      return {
        way,
        both: share([...pairs.keys()], (place) => {
          const { first, second } = pairs[place]!
          return intents[place]!.includes(first.route) && intents[place]!.includes(second.route)
        }),
        several: share(intents, (routes) => routes.length > 1),
      }
    }),
    bothAlone: share(pairs, ({ first, second }) =>
      [first, second].every(({ text, route }) => router.route(text).route === route),
    ),
    severalOfOne: share(test, ({ text }) => found(text).length > 1),
  }
}

function readForeign(router: Router, texts: readonly ForeignText[]): RobustnessRound['foreign'] {
  const decided = texts.map((foreign) => ({ ...foreign, decision: router.route(foreign.text) }))
  const accepted = decided.flatMap(({ text, route: right, decision: { route, confidence } }) =>
    route === null ? [] : [{ text, route, confidence, isRight: route === right }],
  )
  const byLanguage = Map.groupBy(decided, ({ language }) => language)
  return {
    accepted: accepted.length / texts.length,
    acceptedWrongly: share(
      decided,
      ({ decision, route }) => decision.route !== null && decision.route !== route,
    ),
    byLanguage: Object.fromEntries(
      [...byLanguage].map(([language, rows]) => [
        language,
        share(rows, ({ decision }) => decision.route !== null),
      ]),
    ),
    acceptedTexts: accepted.map(({ text, route, confidence }) => ({ text, route, confidence })),
  }
}
