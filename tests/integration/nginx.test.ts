import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readGuide } from '../../scripts/guide-commands.ts'
import { type ServerProcess, serverProcesses } from './server-processes.ts'
import { billing, support } from './serving.ts'

// Where Debian has it is not on everybody's path.
const nginx = ['nginx', '/usr/sbin/nginx'].find((path) => spawnSync(path, ['-v']).error === undefined)
const reason = nginx === undefined ? ' (skipped: there is no nginx)' : ''

const processes = serverProcesses()
let proxy: ChildProcess | undefined
let servers: ServerProcess[]
let port: number

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** The configuration of the guide with other ports, and what it writes in the folder of the test. */
function configuration(ports: readonly number[]): string {
  const shown =
    /^```nginx nginx\.conf\n([\s\S]*?)^```$/m.exec(readGuide('running-in-production.md'))?.[1] ?? ''
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${name};`,
  )
  const moved = [8080, 8001, 8002].reduce(
    (left, usual, index) => left.replace(new RegExp(`\\b${usual}\\b`), `${ports[index]}`),
    shown,
  )
  return `daemon off;\npid nginx.pid;\nerror_log stderr;\n${moved.replace('http {', `http {\n${paths.join('\n')}`)}`
}

beforeEach(async () => {
  if (nginx === undefined) return
  writeFileSync(join(processes.folder, 'routes.json'), JSON.stringify({ routes: [billing, support] }))
  servers = await Promise.all(
    ['one', 'two'].map((name) =>
      processes.started({
        STRATAROUTER_ROUTES_FILE: 'routes.json',
        STRATAROUTER_DATA_DIR: name,
        STRATAROUTER_LOG_LEVEL: 'debug',
        STRATAROUTER_SERVER_TRUST_PROXY: '127.0.0.1',
        STRATAROUTER_DECISIONS_RECORD_SAMPLE_RATE: '1',
        STRATAROUTER_DECISIONS_RECORD_TEXT: 'full',
      }),
    ),
  )
  port = await freePort()
  const folder = join(processes.folder, 'nginx')
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'nginx.conf'),
    configuration([port, ...servers.map(({ url }) => Number(new URL(url).port))]),
  )
  proxy = spawn(nginx, ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  await untilListening()
})
afterEach(async () => {
  if (proxy === undefined || proxy.exitCode !== null) return
  proxy.kill('SIGTERM')
  await once(proxy, 'exit')
  proxy = undefined
})

async function untilListening(): Promise<void> {
  while (proxy?.exitCode === null) {
    const answered = await call('GET', '/health/live').catch(() => null)
    if (answered?.status === 200) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error(`nginx has not started: ${proxy?.stderr ? await text(proxy.stderr) : ''}`)
}

/** A call from an address of its own, which the server must learn from NGINX. */
async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const sent = body === undefined ? '' : JSON.stringify(body)
  const call = request({
    ...{ port, path, method, host: '127.0.0.1', localAddress: '127.0.0.5' },
    headers: { ...headers, ...(sent === '' ? {} : { 'content-type': 'application/json' }) },
  })
  call.end(sent)
  const [answer] = (await once(call, 'response')) as [IncomingMessage]
  return { status: answer.statusCode, headers: answer.headers, text: await text(answer) }
}

const decide = async (message: string) => {
  const { status, text } = await call('POST', '/v1/route', { text: message })
  return [status, JSON.parse(text).route]
}

describe(`behind the NGINX of the guide${reason}`, () => {
  it.skipIf(nginx === undefined)(
    'decisions come from both servers, with the id and the address of the caller',
    async () => {
      for (let count = 0; count < 10; count++)
        expect(await decide('I was charged twice')).toEqual([200, 'billing'])
      const own = await call(
        'POST',
        '/v1/route',
        { text: 'x' },
        { 'x-request-id': 'mine-1', 'x-forwarded-for': '9.9.9.9' },
      )
      expect(own.headers['x-request-id']).toBe('mine-1')
      const given = await call('GET', '/v1/routes')
      expect(given.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/)

      // A server logs a request once its answer has gone out.
      const logs = await vi.waitFor(() => {
        const logged = servers.map((server) => server.log().filter(({ url }) => url === '/v1/route'))
        expect(logged.flat()).toHaveLength(11)
        return logged
      })
      for (const log of logs) expect(log.length).toBeGreaterThan(2)
      expect(new Set(logs.flat().map(({ client }) => client))).toEqual(new Set(['127.0.0.5']))
      expect(logs.flat().filter(({ requestId }) => requestId === 'mine-1')).toHaveLength(1)

      const batch = await call('POST', '/v1/route/batch', {
        texts: ['I was charged twice', 'the page shows an error'],
      })
      expect(JSON.parse(batch.text).decisions.map(({ route }: { route: string }) => route)).toEqual([
        'billing',
        'support',
      ])
      const rows = await call('GET', '/v1/decisions?format=jsonl')
      expect(rows.status).toBe(200)
      expect(rows.text.split('\n').filter(Boolean).length).toBeGreaterThan(2)
    },
  )

  it.skipIf(nginx === undefined)('decisions go on when one of the servers is gone', async () => {
    for (let count = 0; count < 4; count++)
      expect(await decide('I was charged twice')).toEqual([200, 'billing'])
    servers[0]?.child.kill('SIGTERM')
    await servers[0]?.ended()
    for (let count = 0; count < 10; count++)
      expect(await decide('I was charged twice')).toEqual([200, 'billing'])
  })
})
