import { vi } from 'vitest'
import { send } from './server-processes.ts'

/** The answers of the workers of a server, by the process that gave them. */
export type AnswersByWorker<T> = ReadonlyMap<string, T>

/** Which process answered: it draws the start of its request ids at random when it begins. */
const answeredBy = (response: Response): string =>
  (response.headers.get('x-request-id') ?? '').slice('req_'.length, 'req_'.length + 16)

/** Asks on ever new connections until `count` workers have answered; the latest JSON answer of each. */
export async function askEach<T>(
  url: string,
  count: number,
  method: string,
  path: string,
  body?: unknown,
): Promise<AnswersByWorker<T>> {
  const answers = new Map<string, T>()
  await vi.waitFor(
    async () => {
      const response = await send(url, method, path, body)
      const answer = (await response.json()) as T
      answers.set(answeredBy(response), answer)
      if (answers.size < count) throw new Error(`${answers.size} of ${count} workers have answered ${path}`)
    },
    { timeout: 30_000, interval: 1 },
  )
  return answers
}

/** The value of one series of `GET /metrics`, 0 when it is not there. */
export async function metric(url: string, series: string): Promise<number> {
  const text = await (await send(url, 'GET', '/metrics')).text()
  return valueIn(text, series)
}

export function valueIn(metrics: string, series: string): number {
  const line = metrics.split('\n').find((candidate) => candidate.startsWith(`${series} `))
  return line === undefined ? 0 : Number(line.slice(series.length + 1))
}
