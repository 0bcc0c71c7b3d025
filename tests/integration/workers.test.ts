import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { type ServerProcess, send, serverProcesses } from './server-processes.ts'
import { billing, support, withoutTime } from './serving.ts'
import { askEach, valueIn } from './worker-answers.ts'

const processes = serverProcesses()
const { started, refused } = processes

const WORKERS = 3
const three = { STRATAROUTER_SERVER_WORKERS: String(WORKERS), STRATAROUTER_LOG_LEVEL: 'info' }

const SUBJECTS = ['invoice', 'password', 'garden', 'airport', 'recipe', 'window', 'violin', 'contract']
/** More texts than are fitted in passing, so that an edit is served provisionally and refitted. */
const largeSet = {
  routes: SUBJECTS.map((subject) => ({
    name: subject,
    examples: Array.from({ length: 14 }, (_, index) => `something about my ${subject}, number ${index}`),
  })),
}
const added = { name: 'added', examples: ['the added one'] }

interface SetAnswer {
  readonly version: number
  readonly provisional: boolean
}

const eachSet = (server: ServerProcess) =>
  askEach<SetAnswer>(server.url, WORKERS, 'GET', '/v1/route-sets/default')

async function decideOnEach(server: ServerProcess, text: string): Promise<Record<string, unknown>[]> {
  const body = { text, threshold: 0 }
  const answers = await askEach<Record<string, unknown>>(server.url, WORKERS, 'POST', '/v1/route', body)
  return [...answers.values()].map(withoutTime)
}

/** What every worker decides, once all have taken over the version and its full fit. */
async function decisionOfAll(
  server: ServerProcess,
  version: number,
  text: string,
): Promise<Record<string, unknown>> {
  await vi.waitFor(
    async () => {
      for (const set of (await eachSet(server)).values()) {
        expect([set.version, set.provisional]).toEqual([version, false])
      }
    },
    { timeout: 30_000 },
  )
  const [first, ...others] = await decideOnEach(server, text)
  for (const other of others) expect(other).toEqual(first)
  return first as Record<string, unknown>
}

const fits = (server: ServerProcess) => server.log().filter(({ message }) => message === 'fitting').length

describe('a server of several workers', () => {
  it('says that it is ready when all are, and logs JSON lines that name the worker', async () => {
    const server = await started(three)
    const lines = server.log()
    const listening = lines.filter(({ message }) => String(message).startsWith('Server listening'))
    expect(listening.map(({ worker }) => worker).sort()).toEqual([1, 2, 3])
    await vi.waitFor(() => expect(server.log().at(-1)).toMatchObject({ message: 'ready', url: server.url }))
    expect((await eachSet(server)).size).toBe(WORKERS)
  })

  it('decides alike on each and has a set fitted by one, whoever takes the change', async () => {
    const server = await started(three)
    expect((await send(server.url, 'PUT', '/v1/route-sets/default', largeSet)).status).toBe(201)
    const before = await decisionOfAll(server, 1, 'the added one')
    expect(before.route).not.toBe('added')
    expect(fits(server)).toBe(1)

    expect((await send(server.url, 'PUT', '/v1/routes/added', added)).status).toBe(201)
    const after = await decisionOfAll(server, 2, 'the added one')
    expect(after.route).toBe('added')
    expect(after.snapshot).not.toBe(before.snapshot)
    expect(fits(server)).toBe(2)

    expect((await send(server.url, 'DELETE', '/v1/route-sets/default')).status).toBe(204)
    expect((await decisionOfAll(server, 0, 'the added one')).route).toBeNull()
  })

  it('loses no edit when many come to all of them at once', async () => {
    const server = await started(three)
    await Promise.all(
      Array.from({ length: 24 }, async (_, index) => {
        const route = { name: `route-${index}`, examples: [`example number ${index}`] }
        expect((await send(server.url, 'POST', '/v1/routes', route)).status).toBe(201)
      }),
    )
    await decisionOfAll(server, 24, 'example number 3')
    const lists = await askEach<{ routes: unknown[] }>(server.url, WORKERS, 'GET', '/v1/routes')
    for (const { routes } of lists.values()) expect(routes).toHaveLength(24)
  })

  it('follows a route file with one version and one fit for all', async () => {
    const file = join(processes.folder, 'routes.json')
    writeFileSync(file, JSON.stringify(largeSet))
    const server = await started({ ...three, STRATAROUTER_ROUTES_FILE: file })
    await decisionOfAll(server, 1, 'the added one')
    expect(fits(server)).toBe(1)

    writeFileSync(file, JSON.stringify({ routes: [...largeSet.routes, added] }))
    expect((await decisionOfAll(server, 2, 'the added one')).route).toBe('added')
    expect(fits(server)).toBe(2)

    writeFileSync(file, '{ "routes": 3 }')
    await vi.waitFor(() =>
      expect(server.log().filter(({ message }) => String(message).includes('refused'))).toHaveLength(1),
    )
    expect((await decisionOfAll(server, 2, 'the added one')).route).toBe('added')

    writeFileSync(file, JSON.stringify({ routes: [billing, support] }))
    expect((await decisionOfAll(server, 3, 'I was charged twice')).route).toBe('billing')
    expect((await send(server.url, 'PUT', '/v1/routes/added', added)).status).toBe(409)
  })

  it('tells the sum of all as its metrics, each process by itself only where that has a meaning', async () => {
    const server = await started(three)
    await send(server.url, 'PUT', '/v1/route-sets/default', { routes: [billing, support] })
    await decisionOfAll(server, 1, 'I was charged twice')
    const scrape = async () => (await send(server.url, 'GET', '/metrics')).text()
    const before = await scrape()
    const asked = 40
    await Promise.all(
      Array.from({ length: asked }, () =>
        send(server.url, 'POST', '/v1/route', { text: 'I was charged twice' }),
      ),
    )
    const after = await scrape()
    for (const series of [
      'stratarouter_requests_total{operation="route",status="200"}',
      'stratarouter_request_duration_seconds_count{operation="route"}',
      'stratarouter_overhead_seconds_bucket{operation="route",le="+Inf"}',
      'stratarouter_decisions_total{route="billing",reason="match"}',
      'stratarouter_decision_confidence_count',
    ]) {
      expect([series, valueIn(after, series) - valueIn(before, series)]).toEqual([series, asked])
    }
    expect(valueIn(after, 'stratarouter_in_flight')).toBe(1)
    expect(valueIn(after, 'stratarouter_workers')).toBe(WORKERS)
    for (const worker of ['1', '2', '3', 'supervisor']) {
      expect(valueIn(after, `process_resident_memory_bytes{worker="${worker}"}`)).toBeGreaterThan(0)
    }
    const names = after.split('\n').filter((line) => line.startsWith('# TYPE '))
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('a number of workers', () => {
  it('that is none is refused with what may be said', async () => {
    expect(await refused({ STRATAROUTER_SERVER_WORKERS: 'many' })).toEqual({
      code: 1,
      text: 'The configuration has one problem:\n  server.workers: expected "auto" or a number (environment STRATAROUTER_SERVER_WORKERS), got "many"\n',
    })
    const { code, text } = await refused({ SR_WORKERS: '0' })
    expect([code, text]).toEqual([1, expect.stringContaining('expected a number of at least 1')])
  })

  it('of the older release is honoured, with a note once', async () => {
    const server = await started({ SR_WORKERS: '2' })
    expect((await askEach(server.url, 2, 'GET', '/v1/routes')).size).toBe(2)
    const notes = server.log().filter(({ message }) => String(message).includes('SR_WORKERS is deprecated'))
    expect(notes).toHaveLength(1)
  })

  it('of one is one process', async () => {
    const server = await started({ STRATAROUTER_SERVER_WORKERS: '1' })
    const children = readFileSync(`/proc/${server.child.pid}/task/${server.child.pid}/children`, 'utf8')
    expect(children).toBe('')
  })
})
