import type { Encoder } from '../../src/index.ts'
import type { Random } from '../../src/util/random.ts'
import type { InScopeText } from './datasets.ts'

const TEXTS_OF_A_ROUTE = 40

/** The first name, then the others by falling likeness (cosine of the mean vectors of their texts) to it. */
export function byLikeness(
  names: readonly string[],
  byRoute: ReadonlyMap<string, readonly InScopeText[]>,
  encoder: Encoder,
): string[] {
  const centres = new Map(
    names.map((name) => {
      const centre = new Float64Array(encoder.dimensions)
      for (const { text } of byRoute.get(name)!.slice(0, TEXTS_OF_A_ROUTE)) {
        encoder.encode(text).forEach((x, d) => {
          centre[d] = centre[d]! + x
        })
      }
      const length = Math.hypot(...centre)
      return [name, centre.map((x) => x / length)]
    }),
  )
  const first = centres.get(names[0]!)!
  const likeness = (name: string) => centres.get(name)!.reduce((sum, x, d) => sum + x * first[d]!, 0)
  return names.toSorted((a, b) => likeness(b) - likeness(a))
}

/**
 * `count` of the texts that are unlike each other, as people choose examples: one at random, then again and again the
 * one that is least like those taken.
 */
export function spreadOut(
  texts: readonly InScopeText[],
  count: number,
  encoder: Encoder,
  random: Random,
): InScopeText[] {
  const vectors = texts.map(({ text }) => encoder.encode(text).slice())
  const likest = new Float64Array(texts.length).fill(Number.NEGATIVE_INFINITY)
  const taken: InScopeText[] = []
  let next = Math.floor(random() * texts.length)
  while (taken.length < Math.min(count, texts.length)) {
    taken.push(texts[next]!)
    const vector = vectors[next]!
    likest[next] = Number.POSITIVE_INFINITY
    vectors.forEach((other, place) => {
      likest[place] = Math.max(
        likest[place]!,
        other.reduce((sum, x, d) => sum + x * vector[d]!, 0),
      )
    })
    next = likest.indexOf(Math.min(...likest))
  }
  return taken
}
