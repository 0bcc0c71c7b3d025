import type { RouteDefinition } from '../../contracts/index.ts'
import { type Random, seededRandom } from '../../util/random.ts'

/** A route set to measure time and memory with, and queries to it, all different. */
interface GeneratedSet {
  readonly routes: readonly RouteDefinition[]
  readonly queries: readonly string[]
}

export const SEED = 20_261

const VERBS =
  'cancel change track report renew share export import pause resume print delete restore upgrade approve reject schedule book find compare'.split(
    ' ',
  )
const THINGS =
  'invoice order parcel password account subscription meeting flight hotel contract report ticket voucher address payment refund calendar document photo playlist recipe alarm reminder printer laptop phone warranty salary holiday expense budget loan card transfer insurance prescription appointment newsletter password-manager dashboard server backup licence webinar course exam badge parking-space shuttle locker'.split(
    ' ',
  )
const OPENINGS = [
  '',
  'please ',
  'can you ',
  'how do I ',
  'I need to ',
  'I want to ',
  'help me ',
  'is it possible to ',
]
const OWNERS = ['my', 'the', 'our', "my colleague's", 'that', 'the new', 'the old', 'an']
const ENDINGS = [
  '',
  ' today',
  ' before friday',
  ' right now',
  ' for the team',
  ' from last month',
  ' again',
  ' if I can',
]
const DETAILS =
  'blue red north south early late long short second third urgent private shared spare extra main'.split(' ')

/**
 * Routes made of a verb and a thing, such as "cancel invoice", with examples and queries from the same frames. They
 * serve to measure time and memory at a size; how often the decisions are right says nothing about other routes.
 * @param routeCount 1..1000
 */
export function generateRoutes(routeCount: number, exampleCount: number, queryCount: number): GeneratedSet {
  const random = seededRandom(SEED)
  const pairs = Array.from({ length: routeCount }, (_, place) => ({
    // Steps that share no factor with the lists, so that neighbours differ in both words.
    verb: VERBS[place % VERBS.length]!,
    thing: THINGS[Math.floor(place / VERBS.length) % THINGS.length]!,
  }))
  const taken = new Set<string>()
  const fresh = (verb: string, thing: string): string => {
    for (;;) {
      const text = phrase(random, verb, thing)
      if (taken.has(text)) continue
      taken.add(text)
      return text
    }
  }
  const routes = pairs.map(({ verb, thing }) => ({
    name: `${verb}-${thing}`,
    examples: Array.from({ length: exampleCount }, () => fresh(verb, thing)),
  }))
  const queries = Array.from({ length: queryCount }, () => {
    const { verb, thing } = pick(random, pairs)
    return fresh(verb, thing)
  })
  return { routes, queries }
}

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!

function phrase(random: Random, verb: string, thing: string): string {
  const detail = random() < 0.5 ? `${pick(random, DETAILS)} ` : ''
  return `${pick(random, OPENINGS)}${verb} ${pick(random, OWNERS)} ${detail}${thing}${pick(random, ENDINGS)}`
}
