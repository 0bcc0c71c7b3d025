import type { Decision, Target } from '../contracts/index.ts'

/** A decision, by the id under which it may have been recorded. */
export type RoutedDecision = Decision & { readonly id?: string }

/** How the runtime decides; handed in, so that it decides as the server does, or as one router of a library's user. */
export interface Routing {
  /**
   * @param set name of the route set; undefined for the default one
   * @param context previous messages, oldest first
   * @throws StrataError `route_set_not_found`, `text_too_long`
   */
  decide(
    set: string | undefined,
    text: string,
    context: readonly string[],
  ): RoutedDecision | Promise<RoutedDecision>
  /** What a route leads to: null where it says nothing of it, undefined where there is no such route. */
  target(set: string | undefined, route: string): Target | null | undefined
  hasSet(set: string): boolean
}
