import type { FitProgress } from '../../contracts/index.ts'
import { ERROR_CODES } from '../../errors/index.ts'
import { usageError } from '../usage-error.ts'
import { Connection, jsonRequest } from './connection.ts'
import { percentilesOf } from './timing.ts'

const CONNECT_TIMEOUT_MS = 5000
const WARM_UP_REQUESTS = 500
const OVERLOADED_STATUS = ERROR_CODES.overloaded.status

/** What one way of asking gives; the client is this process. */
export interface HttpFigures {
  readonly path: string
  readonly connections: number
  readonly textsPerRequest: number
  /** Answered with decisions; only these are in the figures below. */
  readonly requests: number
  /** Refused by a server that was asked for more than it can answer. */
  readonly refused: number
  readonly requestsPerSecond: number
  readonly decisionsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

const WAYS = [
  { path: '/v1/route', connections: 1, textsPerRequest: 1 },
  { path: '/v1/route', connections: 64, textsPerRequest: 1 },
  { path: '/v1/route/batch', connections: 8, textsPerRequest: 64 },
] as const

/** Where a server may be asked; anything else is a mistake of the command line. */
export function parseServerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  throw usageError(`--url expects an address such as http://127.0.0.1:8000, got "${text}".`, {
    path: '--url',
    message: 'expected an http or https address',
    got: text.slice(0, 200),
  })
}

/** Asks the server in each way for `seconds`, each connection sending its next request when it has its answer. */
export async function measureOverHttp(
  url: URL,
  queries: readonly string[],
  seconds: number,
  onProgress: FitProgress,
): Promise<HttpFigures[]> {
  const figures: HttpFigures[] = []
  for (const [done, way] of WAYS.entries()) {
    onProgress({ stage: `http, ${way.connections} connections`, done, total: WAYS.length })
    figures.push(await measureWay(url, way, queries, seconds))
  }
  return figures
}

/** @throws StrataError `invalid_request` when nothing that decides is there, with what to change */
export async function assertDecides(url: URL): Promise<void> {
  const advice = 'start a server there (stratarouter serve), or leave --url out to have one started'
  const connection = await withinTime(Connection.open(url), CONNECT_TIMEOUT_MS).catch((error: Error) => {
    throw usageError(`Nothing answers at ${url.origin} (${error.message}); ${advice}.`)
  })
  try {
    const request = jsonRequest(url, '/v1/route', { text: 'where is my refund?' })
    const { status, body } = await withinTime(connection.send(request), CONNECT_TIMEOUT_MS).catch(
      (error: Error) => {
        throw usageError(
          `${url.origin} does not answer as a StrataRouter does (${error.message}); ${advice}.`,
        )
      },
    )
    if (status !== 200 || !body.includes('"confidence"')) {
      throw usageError(
        `${url.origin} answers POST /v1/route with status ${status} instead of a decision; ${advice}.`,
      )
    }
  } finally {
    connection.close()
  }
}

async function measureWay(
  url: URL,
  { path, connections: count, textsPerRequest }: (typeof WAYS)[number],
  queries: readonly string[],
  seconds: number,
): Promise<HttpFigures> {
  const bodies = Array.from({ length: Math.floor(queries.length / textsPerRequest) }, (_, place) =>
    textsPerRequest === 1
      ? { text: queries[place] }
      : { texts: queries.slice(place * textsPerRequest, (place + 1) * textsPerRequest) },
  ).map((body) => jsonRequest(url, path, body))
  const connections = await Promise.all(Array.from({ length: count }, () => Connection.open(url)))
  let next = 0
  const times: number[] = []
  let refused = 0
  const ask = async (connection: Connection, isOver: () => boolean) => {
    while (!isOver()) {
      const start = performance.now()
      const { status } = await connection.send(bodies[next++ % bodies.length]!)
      if (status === OVERLOADED_STATUS) {
        refused++
        continue
      }
      if (status !== 200) throw usageError(`${url.origin} answered ${path} with status ${status} under load.`)
      times.push(performance.now() - start)
    }
  }
  try {
    const most = Math.ceil(WARM_UP_REQUESTS / textsPerRequest)
    await Promise.all(connections.map((connection) => ask(connection, () => times.length + refused >= most)))
    times.length = 0
    refused = 0
    const start = performance.now()
    const end = start + seconds * 1000
    await Promise.all(connections.map((connection) => ask(connection, () => performance.now() >= end)))
    const took = (performance.now() - start) / 1000
    const { count: requests, p50, p99 } = percentilesOf(times)
    return {
      path,
      connections: count,
      textsPerRequest,
      requests,
      refused,
      requestsPerSecond: requests / took,
      decisionsPerSecond: (requests * textsPerRequest) / took,
      p50Ms: p50,
      p99Ms: p99,
    }
  } finally {
    for (const connection of connections) connection.close()
  }
}

async function withinTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds / 1000} s`)), milliseconds)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
