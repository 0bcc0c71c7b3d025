import type { Decision } from '../../src/contracts/index.ts'

/** A probability, never rounded to a certainty it does not have. */
export function probability(value: number): string {
  if (value > 0.999) return '>0.999'
  if (value < 0.001) return '<0.001'
  return value.toFixed(3)
}

/** A threshold as people write it: two digits, up to four where it has them. */
export const threshold = (value: number): string => value.toFixed(4).replace(/0{1,2}$/, '')

/** `1 route`, `2 routes`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}

/** How long something took, given in microseconds. */
export function duration(us: number): string {
  return us < 1000 ? `${Math.round(us)} µs` : `${(us / 1000).toFixed(us < 10_000 ? 1 : 0)} ms`
}

/** How long something took, given in milliseconds. */
export const milliseconds = (ms: number): string =>
  ms < 10_000 ? duration(ms * 1000) : `${(ms / 1000).toFixed(1)} s`

export const routeOrNone = (route: string | null): string => route ?? 'no match'

/** Why the decision is what it is, in a clause. */
export function reasonText({ reason, candidates, threshold: needed }: Decision): string {
  const [best, second] = candidates
  switch (reason) {
    case 'match':
      return `reaches its threshold of ${threshold(needed)}`
    case 'rule':
      return 'a rule decided'
    case 'below-threshold':
      return best
        ? `${best.route} is best, but below its threshold of ${threshold(needed)}`
        : 'there is no route to choose'
    case 'out-of-scope':
      return 'more likely than not, no route is right'
    case 'ambiguous':
      return best && second ? `${best.route} and ${second.route} are too close to call` : 'too close to call'
  }
}

/** The decision in one sentence, for those who listen. */
export function spokenDecision(decision: Decision): string {
  return `${routeOrNone(decision.route)}, confidence ${probability(decision.confidence)}: ${reasonText(decision)}.`
}
