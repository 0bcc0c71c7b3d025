import type { Config } from '../../config/index.ts'
import type { ErrorCode, ErrorDetail } from '../../errors/index.ts'
import type { MetricFamily } from '../../observability/index.ts'

/** What a route file says; the version counts the contents that were accepted. */
export interface RouteFileContent {
  readonly text: string
  readonly version: number
}

export interface StopOrder {
  /** Leaves out the delay for balancers. */
  readonly hurry: boolean
  /** Somebody has asked some worker whether it is ready. */
  readonly wasAsked: boolean
}

/** From the supervisor to a worker. */
export type ToWorker =
  | {
      readonly kind: 'start'
      /** 1 for the first; a worker that takes the place of another has its number. */
      readonly number: number
      readonly config: Config
      readonly demo: boolean
      readonly routeFile?: RouteFileContent
    }
  | { readonly kind: 'listen'; readonly port: number }
  /** Take over what other workers have changed. */
  | { readonly kind: 'adopt'; readonly sets: readonly string[] }
  /** The same for every set, those of `sets` and all that the worker has. */
  | { readonly kind: 'adoptAll'; readonly sets: readonly string[] }
  /** @param fits whether this worker is the one that fits the change */
  | { readonly kind: 'routeFile'; readonly content: RouteFileContent; readonly fits: boolean }
  | { readonly kind: 'report'; readonly request: number }
  | { readonly kind: 'metrics'; readonly request: number; readonly text: string }
  | ({ readonly kind: 'stop' } & StopOrder)

/** From a worker to its supervisor. */
export type ToSupervisor =
  /** The program has been loaded and wants to know what to do. */
  | { readonly kind: 'up' }
  /** Everything is fitted and warm; `sets` are the names of the route sets. */
  | { readonly kind: 'prepared'; readonly sets: readonly string[] }
  | { readonly kind: 'listening'; readonly url: string }
  /** It cannot start, and ends. */
  | {
      readonly kind: 'refused'
      readonly code: ErrorCode
      readonly message: string
      readonly details: readonly ErrorDetail[]
    }
  | { readonly kind: 'changed'; readonly set: string }
  | { readonly kind: 'routeFileTaken'; readonly version: number; readonly isRefused: boolean }
  /** All figures of the worker; unasked, with request 0, when it ends as it was told. */
  | { readonly kind: 'figures'; readonly request: number; readonly families: readonly MetricFamily[] }
  | { readonly kind: 'gather'; readonly request: number }
