import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { billing, makeFolder } from './serving.ts'

const script = fileURLToPath(new URL('./serve-process.ts', import.meta.url))

let folder: string
let children: ChildProcess[]
beforeEach(() => {
  folder = makeFolder()
  children = []
})
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
  rmSync(folder, { recursive: true })
})

interface Running {
  readonly child: ChildProcess
  readonly url: string
  readonly printed: string
}

function launch(variables: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [script], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      STRATAROUTER_SERVER_PORT: '0',
      STRATAROUTER_LOG_LEVEL: 'warn',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  return child
}

async function started(variables?: Record<string, string>): Promise<Running> {
  const child = launch(variables)
  let printed = ''
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${printed}`)))
    child.stderr?.on('data', (data) => {
      printed += data
      const url = /http:\/\/[\d.]+:\d+/.exec(printed)?.[0]
      if (url && printed.includes('Try: ') && printed.endsWith('\n')) resolve({ child, url, printed })
    })
  })
}

async function refused(variables: Record<string, string>): Promise<{ code: number; text: string }> {
  const child = launch(variables)
  let text = ''
  child.stderr?.on('data', (data) => {
    text += data
  })
  const [code] = (await once(child, 'close')) as [number]
  return { code, text }
}

const send = (url: string, method: string, path: string, body: unknown) =>
  fetch(url + path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

const ended = async ({ child }: Running): Promise<number | null> =>
  child.exitCode ?? ((await once(child, 'exit'))[0] as number | null)

/** Opens a request whose body is not finished yet. */
async function unfinishedRequest(url: string, body: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(
    `POST /v1/route HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  )
  // An answer to a later request on another connection shows that the first has arrived.
  await fetch(`${url}/health`)
  return socket
}

async function everything(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (data) => {
    text += data
  })
  socket.on('error', () => undefined)
  await once(socket, 'close')
  return text
}

describe('a server process', () => {
  it('prints where it is, and a line to try that works', async () => {
    const { url, printed } = await started()
    expect(printed).toMatch(/^StrataRouter is at http:\/\/127\.0\.0\.1:\d+ /)
    const [, tried, body] = /Try: curl (\S+) .*-d '(.*)'/.exec(printed) ?? []
    expect(tried).toBe(`${url}/v1/route`)
    const answer = await send(url, 'POST', '/v1/route', JSON.parse(body as string))
    expect(answer.status).toBe(200)
  })

  it('logs one JSON object a line on standard output, where it is among them, said once it is warm', async () => {
    const child = launch({ STRATAROUTER_LOG_LEVEL: 'debug' })
    let logged = ''
    child.stdout?.on('data', (data) => {
      logged += data
    })
    await vi.waitFor(() => expect(logged).toContain('"ready"'), { timeout: 20_000 })
    child.kill('SIGINT')
    await once(child, 'close')
    const lines = logged
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const ready = lines.find(({ message }) => message === 'ready')
    expect(ready.try).toContain(`curl ${ready.url}/v1/route`)
    expect(lines.indexOf(ready)).toBeGreaterThan(lines.findIndex(({ message }) => message === 'warmed up'))
    expect(lines.findIndex(({ message }) => message === 'warmed up')).toBeGreaterThanOrEqual(0)
    expect(lines.at(-1)).toMatchObject({ level: 'info', message: 'stopped' })
  })

  it('keeps an answered write when it is killed right after', async () => {
    const first = await started()
    const versions: number[] = []
    for (let count = 0; count < 5; count++) {
      const answer = await send(first.url, 'PUT', `/v1/routes/route-${count}`, {
        examples: [`example ${count}`],
      })
      versions.push(((await answer.json()) as { version: number }).version)
    }
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    const second = await started()
    const list = (await (await fetch(`${second.url}/v1/routes`)).json()) as {
      version: number
      routes: unknown[]
    }
    expect(versions).toEqual([1, 2, 3, 4, 5])
    expect([list.version, list.routes.length]).toEqual([5, 5])
  })

  it('keeps every answered write and no half of one when killed in the middle of many', async () => {
    const first = await started()
    let answered = 0
    const writing = (async () => {
      for (;;) {
        const answer = await send(first.url, 'POST', '/v1/routes', {
          name: `r${answered}`,
          examples: ['x y'],
        })
        expect(answer.status).toBe(201)
        answered++
        if (answered === 20) first.child.kill('SIGKILL')
      }
    })().catch(() => undefined)
    await writing
    const second = await started()
    const list = (await (await fetch(`${second.url}/v1/routes`)).json()) as {
      version: number
      routes: unknown[]
    }
    expect(list.routes.length).toBeGreaterThanOrEqual(answered)
    expect(list.version).toBe(list.routes.length)
  })

  it('on SIGTERM is unready at once, serves on, finishes what is in flight and ends with 0', async () => {
    const running = await started({ STRATAROUTER_SHUTDOWN_DRAIN_DELAY_MS: '1500' })
    await send(running.url, 'PUT', '/v1/routes/billing', billing)
    const body = JSON.stringify({ text: 'I was charged twice' })
    const socket = await unfinishedRequest(running.url, body)
    const answer = everything(socket)
    running.child.kill('SIGTERM')
    await vi.waitFor(async () => expect((await fetch(`${running.url}/health/ready`)).status).toBe(503), {
      interval: 5,
    })
    const ready = await fetch(`${running.url}/health/ready`)
    expect(await ready.json()).toEqual({ status: 'draining', checks: { store: 'ok' } })
    expect(ready.headers.get('connection')).toBe('close')
    expect((await send(running.url, 'POST', '/v1/route', { text: 'I was charged twice' })).status).toBe(200)
    await vi.waitFor(async () => expect(fetch(`${running.url}/health`)).rejects.toThrow(), {
      interval: 20,
      timeout: 20_000,
    })
    socket.write(body.slice(5))
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*"route":"billing"/)
    expect(await ended(running)).toBe(0)
  })

  it('cuts what is still in flight after the time allowed', async () => {
    const running = await started({
      STRATAROUTER_SHUTDOWN_DRAIN_DELAY_MS: '0',
      STRATAROUTER_SHUTDOWN_TIMEOUT_MS: '100',
    })
    const socket = await unfinishedRequest(running.url, '{"text":"never finished"}')
    const answer = everything(socket)
    running.child.kill('SIGTERM')
    expect(await answer).toBe('')
    expect(await ended(running)).toBe(0)
  })

  it('on SIGINT does not wait for balancers', async () => {
    const running = await started({ STRATAROUTER_SHUTDOWN_DRAIN_DELAY_MS: '300000' })
    running.child.kill('SIGINT')
    running.child.kill('SIGINT')
    expect(await ended(running)).toBe(0)
  })

  it('says in one sentence what to do when the port is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const { port } = holder.address() as { port: number }
    const { code, text } = await refused({ STRATAROUTER_SERVER_PORT: String(port) })
    holder.close()
    expect(code).toBe(1)
    expect(text).toBe(
      `Port ${port} on 127.0.0.1 is in use; stop the program that holds it, or choose another with --port, PORT or server.port.\n`,
    )
  })

  it('says in one sentence what to do when the data directory cannot be written', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const { code, text } = await refused({ STRATAROUTER_DATA_DIR: file })
    expect(code).toBe(1)
    expect(text).toBe(
      `The directory ${file} cannot be made: ${file} is a file. Choose another with --data-dir or STRATAROUTER_DATA_DIR.\n`,
    )
  })
})
