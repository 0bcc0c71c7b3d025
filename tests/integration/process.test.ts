import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { everything, type LogLine, send, serverProcesses, unfinishedRequest } from './server-processes.ts'
import { billing } from './serving.ts'

const processes = serverProcesses()
const { launch, started, refused } = processes

describe('a server process', () => {
  it('prints where it is, and a line to try that works', async () => {
    const { url, printed } = await started()
    expect(printed).toMatch(/^StrataRouter is at http:\/\/127\.0\.0\.1:\d+ /)
    expect(printed).toContain(`routes: ${url}/\n`)
    const [, tried, body] = /Try: curl (\S+) .*-d '(.*)'/.exec(printed) ?? []
    expect(tried).toBe(`${url}/v1/route`)
    const answer = await send(url, 'POST', '/v1/route', JSON.parse(body as string))
    expect(answer.status).toBe(200)
  })

  it('logs one JSON object a line on standard output, where it is among them, said once it is warm', async () => {
    const server = await launch({ STRATAROUTER_LOG_LEVEL: 'debug' }).untilReady()
    server.child.kill('SIGINT')
    await once(server.child, 'close')
    const lines = server.log()
    const ready = lines.find(({ message }) => message === 'ready') as LogLine
    expect(ready.url).toBe(server.url)
    expect(lines.filter((line) => JSON.stringify(line).includes('curl'))).toEqual([])
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
    expect(await running.ended()).toBe(0)
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
    expect(await running.ended()).toBe(0)
  })

  it('on SIGINT does not wait for balancers', async () => {
    const running = await started({ STRATAROUTER_SHUTDOWN_DRAIN_DELAY_MS: '300000' })
    running.child.kill('SIGINT')
    running.child.kill('SIGINT')
    expect(await running.ended()).toBe(0)
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
    const file = join(processes.folder, 'file')
    writeFileSync(file, '')
    const { code, text } = await refused({ STRATAROUTER_DATA_DIR: file })
    expect(code).toBe(1)
    expect(text).toBe(
      `The directory ${file} cannot be made: ${file} is a file. Choose another with --data-dir or STRATAROUTER_DATA_DIR.\n`,
    )
  })
})
