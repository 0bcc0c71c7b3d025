import type { Encoder, RouteSet } from '../../src/index.ts'

export interface Work {
  readonly routeSet: RouteSet
  readonly texts: readonly string[]
}

export interface Decided {
  readonly snapshot: string
  readonly decisions: readonly string[]
}

export function decideAll(
  library: Pick<typeof import('../../src/index.ts'), 'Router' | 'parseRouteSet'>,
  encoder: Encoder,
  work: Work,
): Decided
