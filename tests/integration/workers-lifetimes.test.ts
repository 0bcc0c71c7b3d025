import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import {
  everything,
  type ServerProcess,
  send,
  serverProcesses,
  unfinishedRequest,
} from './server-processes.ts'
import { billing, support } from './serving.ts'
import { askEach, metric, valueIn } from './worker-answers.ts'

const processes = serverProcesses()
const two = { STRATAROUTER_SERVER_WORKERS: '2', STRATAROUTER_LOG_LEVEL: 'info' }
const REQUESTS = 'stratarouter_requests_total{operation="route",status="200"}'

/** Processes that a server has started and that live. */
const workersOf = (server: ServerProcess): number[] =>
  readFileSync(`/proc/${server.child.pid}/task/${server.child.pid}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid !== '')
    .map(Number)

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const message = (server: ServerProcess, text: string) =>
  server.log().filter(({ message }) => message === text)

async function withRoutes(server: ServerProcess): Promise<ServerProcess> {
  await send(server.url, 'PUT', '/v1/route-sets/default', { routes: [billing, support] })
  return server
}

const untilReplaced = (server: ServerProcess, killed: number) =>
  vi.waitFor(
    async () => {
      expect(await metric(server.url, 'stratarouter_workers')).toBe(2)
      expect(workersOf(server)).not.toContain(killed)
    },
    { timeout: 30_000 },
  )

describe('a worker that is killed', () => {
  it('is replaced by one that knows what was stored, and no counter goes back', async () => {
    const server = await withRoutes(await processes.started(two))
    for (let count = 0; count < 20; count++) await send(server.url, 'POST', '/v1/route', { text: 'x' })
    const before = await (await send(server.url, 'GET', '/metrics')).text()
    expect(valueIn(before, REQUESTS)).toBe(20)
    const killed = workersOf(server)[0] as number
    process.kill(killed, 'SIGKILL')
    await untilReplaced(server, killed)
    const after = await (await send(server.url, 'GET', '/metrics')).text()
    expect(valueIn(after, REQUESTS)).toBe(20)
    expect(valueIn(after, 'stratarouter_worker_restarts_total')).toBe(1)
    for (const line of before.split('\n')) {
      const series = /^(\S+(?:_total|_count|_bucket)(?:\{.*\})?) /.exec(line)?.[1]
      if (series === undefined || series.startsWith('nodejs_active')) continue
      expect([series, valueIn(after, series)]).toEqual([
        series,
        expect.toSatisfy((value) => value >= valueIn(before, series)),
      ])
    }
    const sets = await askEach<{ version: number }>(server.url, 2, 'GET', '/v1/route-sets/default')
    expect([...sets.values()].map(({ version }) => version)).toEqual([1, 1])
    expect(message(server, 'a worker has ended; another takes its place')).toHaveLength(1)
  })

  it('takes only the requests with it that it was answering', async () => {
    const server = await withRoutes(await processes.started(two))
    let isOver = false
    let answered = 0
    const lost: number[] = []
    const clients = Array.from({ length: 8 }, async (_, client) => {
      while (!isOver) {
        try {
          const response = await send(server.url, 'POST', '/v1/route', { text: 'I was charged twice' })
          expect(response.status).toBe(200)
          await response.text()
          answered++
        } catch {
          lost.push(client)
        }
      }
    })
    await vi.waitFor(() => expect(answered).toBeGreaterThan(50), { timeout: 30_000 })
    const killed = workersOf(server)[0] as number
    process.kill(killed, 'SIGKILL')
    await untilReplaced(server, killed)
    const then = answered
    await vi.waitFor(() => expect(answered).toBeGreaterThan(then + 50), { timeout: 30_000 })
    isOver = true
    await Promise.all(clients)
    // Each client waits for one answer at a time, so what it loses, it loses once.
    expect(new Set(lost).size).toBe(lost.length)
  })

  it('comes back with the version of the route file that the others have', async () => {
    const file = join(processes.folder, 'routes.json')
    writeFileSync(file, JSON.stringify({ routes: [billing] }))
    const server = await processes.started({ ...two, STRATAROUTER_ROUTES_FILE: file })
    const versions = async () => {
      const sets = await askEach<{ version: number }>(server.url, 2, 'GET', '/v1/route-sets/default')
      return [...sets.values()].map(({ version }) => version)
    }
    writeFileSync(file, JSON.stringify({ routes: [billing, support] }))
    await vi.waitFor(async () => expect(await versions()).toEqual([2, 2]), { timeout: 30_000 })
    const killed = workersOf(server)[0] as number
    process.kill(killed, 'SIGKILL')
    await untilReplaced(server, killed)
    expect(await versions()).toEqual([2, 2])
  })
})

describe('a worker that cannot be started for want of files', () => {
  it.skipIf(process.platform !== 'linux')('is started later, and the server serves on', async () => {
    const server = await withRoutes(await processes.started(two))
    const limitFiles = (limit: string) =>
      execFileSync('prlimit', ['--pid', String(server.child.pid), `--nofile=${limit}`])
    const killed = workersOf(server)[0] as number
    limitFiles('3:4096')
    process.kill(killed, 'SIGKILL')
    await vi.waitFor(
      () => {
        const failures = message(server, 'a worker has ended; another takes its place')
        expect(failures.some(({ err }) => JSON.stringify(err)?.includes('EMFILE'))).toBe(true)
      },
      { timeout: 20_000 },
    )
    expect((await send(server.url, 'POST', '/v1/route', { text: 'x' })).status).toBe(200)
    limitFiles('4096:4096')
    await untilReplaced(server, killed)
  })
})

describe('a set that one worker deletes', () => {
  it('is let go of by all, and ends none of them', async () => {
    const server = await processes.started(two)
    const workers = workersOf(server)
    await send(server.url, 'PUT', '/v1/route-sets/gone', { routes: [billing, support] })
    await vi.waitFor(async () => {
      const made = await askEach<{ version?: number }>(server.url, 2, 'GET', '/v1/route-sets/gone')
      expect([...made.values()].map(({ version }) => version)).toEqual([1, 1])
    })
    await askEach(server.url, 2, 'POST', '/v1/route', { text: 'a refund', routeSet: 'gone' })
    const series = 'stratarouter_drift_warning{route_set="gone"}'
    expect(await (await send(server.url, 'GET', '/metrics')).text()).toContain(series)
    expect((await send(server.url, 'DELETE', '/v1/route-sets/gone')).status).toBe(204)
    await vi.waitFor(async () => {
      const gone = await askEach<{ error?: unknown }>(server.url, 2, 'GET', '/v1/route-sets/gone')
      expect([...gone.values()].every(({ error }) => error !== undefined)).toBe(true)
    })
    const text = await (await send(server.url, 'GET', '/metrics')).text()
    expect(text).not.toContain(series)
    expect(valueIn(text, 'stratarouter_worker_restarts_total')).toBe(0)
    expect(valueIn(text, 'stratarouter_workers')).toBe(2)
    expect(workersOf(server)).toEqual(workers)
  })
})

describe('workers that die again and again', () => {
  it('end the server with the reason, once none serves and five have not come up', async () => {
    const server = await processes.started(two)
    const database = join(processes.folder, '.stratarouter', 'stratarouter.db')
    writeFileSync(database, 'no database')
    for (const file of ['-wal', '-shm']) rmSync(database + file, { force: true })
    for (const worker of workersOf(server)) process.kill(worker, 'SIGKILL')
    expect(await server.ended()).toBe(1)
    expect(server.printed).toMatch(/No worker serves, and the last 5 ended before they were ready/)
    const reasons = server.log().filter(({ code }) => code === 'storage_failed')
    expect(reasons.length).toBeGreaterThanOrEqual(5)
  })
})

describe('the end of a server of several workers', () => {
  it('comes to its workers, too, when their supervisor is killed', async () => {
    const server = await processes.started(two)
    const workers = workersOf(server)
    expect(workers).toHaveLength(2)
    server.child.kill('SIGKILL')
    await once(server.child, 'exit')
    await vi.waitFor(() => expect(workers.filter(isAlive)).toEqual([]), { timeout: 30_000 })
  })

  it('waits, on SIGTERM, for what each worker has in flight, and is told by all as not ready', async () => {
    const server = await withRoutes(
      await processes.started({ ...two, STRATAROUTER_SHUTDOWN_DRAIN_DELAY_MS: '1500' }),
    )
    await askEach(server.url, 2, 'POST', '/v1/route', { text: 'x' })
    const body = JSON.stringify({ text: 'I was charged twice' })
    const sockets = [
      await unfinishedRequest(server.url, body),
      await unfinishedRequest(server.url, body),
      await unfinishedRequest(server.url, body),
    ]
    const answers = sockets.map(everything)
    server.child.kill('SIGTERM')
    await vi.waitFor(async () => expect((await send(server.url, 'GET', '/health/ready')).status).toBe(503), {
      interval: 5,
    })
    expect((await send(server.url, 'POST', '/v1/route', { text: 'x' })).status).toBe(200)
    await vi.waitFor(async () => expect(fetch(`${server.url}/health`)).rejects.toThrow(), {
      interval: 20,
      timeout: 20_000,
    })
    for (const socket of sockets) socket.write(body.slice(5))
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*"route":"billing"/)
    }
    expect(await server.ended()).toBe(0)
    expect(message(server, 'a worker has ended; another takes its place')).toEqual([])
  })

  it('does not wait on SIGINT, although each of its processes is told', async () => {
    const server = await processes.started({ ...two, STRATAROUTER_SHUTDOWN_DRAIN_DELAY_MS: '300000' })
    for (const worker of workersOf(server)) process.kill(worker, 'SIGINT')
    server.child.kill('SIGINT')
    expect(await server.ended()).toBe(0)
  })

  it('comes at once, with one sentence, when it cannot start', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const { port } = holder.address() as { port: number }
    const { code, text } = await processes.refused({ ...two, STRATAROUTER_SERVER_PORT: String(port) })
    holder.close()
    expect([code, text]).toEqual([
      1,
      `Port ${port} on 127.0.0.1 is in use; stop the program that holds it, or choose another with --port, PORT or server.port.\n`,
    ])
    const unreadable = await processes.refused({ ...two, STRATAROUTER_ROUTES_FILE: 'missing.yaml' })
    expect([unreadable.code, unreadable.text]).toEqual([1, expect.stringContaining('missing.yaml')])
  })
})

describe('a worker that is told to stop by itself', () => {
  it('finishes what it has in flight, and another takes its place', async () => {
    const server = await withRoutes(await processes.started(two))
    for (let count = 0; count < 10; count++) await send(server.url, 'POST', '/v1/route', { text: 'x' })
    const stopped = workersOf(server)[0] as number
    process.kill(stopped, 'SIGTERM')
    await untilReplaced(server, stopped)
    expect(await metric(server.url, REQUESTS)).toBe(10)
  })
})
