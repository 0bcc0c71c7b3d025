import type { Decision, RouteDefinition, RouteSet } from '../../src/contracts/index.ts'
import type { LintProblem } from '../../src/core/linting/lint-problem.ts'
import { readKey } from './api-key.ts'

export interface SetSummary {
  readonly name: string
  /** 0 while nothing is stored under the name. */
  readonly version: number
  readonly routes: number
  readonly readOnly: boolean
  readonly provisional: boolean
}

export interface SetAnswer extends RouteSet {
  readonly name: string
  readonly version: number
  readonly readOnly: boolean
  readonly provisional: boolean
}

/** What the server says of itself. */
export interface ServerFacts {
  readonly version: string
  readonly demo: boolean
  /** The route file that is the source of `default`. */
  readonly file: string | null
}

/** What `/v1/execute` answers, as far as it is shown. */
export interface ExecutionAnswer {
  readonly model: string
  readonly provider: string
  readonly response: string
  readonly attempts: readonly {
    readonly provider: string
    readonly model: string
    readonly outcome: string
    readonly status: number | null
    readonly durationMs: number
    readonly message: string | null
  }[]
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number } | null
  /** US dollars; null where it is not known. */
  readonly costUsd: number | null
  readonly unpriced: boolean
  readonly latencyMs: number
  readonly overheadMs: number
}

/** What went wrong with a call, for people: what happened, and what to do. */
export class CallProblem extends Error {
  /** A code of the error table; `unreachable` when there was no answer at all. */
  readonly code: string
  /** Names the request in the server's log. */
  readonly requestId: string | null

  constructor(code: string, message: string, requestId: string | null = null) {
    super(message)
    this.code = code
    this.requestId = requestId
  }
}

/** What was thrown, as a problem that can be shown. */
export function asProblem(thrown: unknown): CallProblem {
  if (thrown instanceof CallProblem) return thrown
  return new CallProblem('page', `The page itself failed: ${String(thrown)}. Reload it.`)
}

interface CallOptions {
  readonly body?: unknown
  /** The version that a change is based on. */
  readonly version?: number
  readonly signal?: AbortSignal
}

async function call<Answer>(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const { body, version, signal } = options
  const key = readKey()
  let response: Response
  let text: string
  try {
    response = await fetch(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
    text = await response.text()
  } catch (error) {
    if (signal?.aborted) throw error
    throw new CallProblem(
      'unreachable',
      'The server does not answer. See whether it still runs (npm start, or stratarouter serve), then try again.',
    )
  }
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as Answer
  throw refusal(response, text)
}

function refusal(response: Response, text: string): CallProblem {
  const requestId = response.headers.get('x-request-id')
  if (!response.headers.get('content-type')?.startsWith('application/json')) {
    const message = `The server answered with status ${response.status} and no reason. Something between here and it may be in the way.`
    return new CallProblem('unreadable', message, requestId)
  }
  const { error } = JSON.parse(text) as {
    error: { code: string; message: string; details?: readonly { path: string; message: string }[] }
  }
  const details = (error.details ?? []).slice(0, 5).map(({ path, message }) => `${path}: ${message}`)
  const isSaid = details.length === 0 || error.message.includes(details[0] as string)
  return new CallProblem(
    error.code,
    isSaid ? error.message : `${error.message} ${details.join('; ')}`,
    requestId,
  )
}

const setPath = (set: string): string => `/v1/route-sets/${encodeURIComponent(set)}`
const routePath = (set: string, route: string): string =>
  `${setPath(set)}/routes/${encodeURIComponent(route)}`

/** Candidates that are asked for. */
const TOP_K = 6

export const readServer = (): Promise<ServerFacts> => call('GET', '/console/server.json')

export const readSets = async (): Promise<readonly SetSummary[]> =>
  (await call<{ routeSets: SetSummary[] }>('GET', '/v1/route-sets')).routeSets

export const readSet = (set: string): Promise<SetAnswer> => call('GET', setPath(set))

export const readProblems = async (set: string): Promise<readonly LintProblem[]> =>
  (await call<{ problems: LintProblem[] }>('GET', `${setPath(set)}/lint`)).problems

export const decide = (routeSet: string, text: string, signal: AbortSignal): Promise<Decision> =>
  call('POST', '/v1/route', { body: { text, routeSet, topK: TOP_K, explain: true }, signal })

export const execute = (routeSet: string, text: string, signal: AbortSignal): Promise<ExecutionAnswer> =>
  call('POST', '/v1/execute', { body: { text, routeSet }, signal })

export const addRoute = (
  set: string,
  route: RouteDefinition,
  version: number,
): Promise<{ version: number }> => call('POST', `${setPath(set)}/routes`, { body: route, version })

export const putRoute = (
  set: string,
  route: RouteDefinition,
  version: number,
): Promise<{ version: number }> => call('PUT', routePath(set, route.name), { body: route, version })

export const deleteRoute = (set: string, name: string, version: number): Promise<{ version: number }> =>
  call('DELETE', routePath(set, name), { version })
