import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildConsole } from '../../scripts/build-console.mjs'
import { ConsolePage } from './console-page.ts'

const MOST_BYTES = 120_000
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

const folder = mkdtempSync(join(tmpdir(), 'stratarouter-console-'))
beforeAll(() => buildConsole(rolldown, fileURLToPath(new URL('../../console/src', import.meta.url)), folder))
afterAll(() => rmSync(folder, { recursive: true }))

const page = new ConsolePage()

/** Serves the built files, and everything else from the server. */
function listen(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const name = request.url === '/' ? 'index.html' : (request.url ?? '').replace('/console/', '')
    if (readdirSync(folder).includes(name)) {
      response.setHeader('content-type', TYPES[extname(name)] ?? '')
      response.end(readFileSync(join(folder, name)))
      return
    }
    const answer = await fetch(page.serving.url + request.url, {
      method: request.method ?? 'GET',
      headers: { 'content-type': 'application/json' },
      ...(request.method === 'POST' ? { body: await readAll(request) } : {}),
    })
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(await answer.text())
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

describe('the built page', () => {
  it(`is below ${MOST_BYTES / 1000} KB in all, every file but the page under a name of its content`, () => {
    const names = readdirSync(folder)
    const bytes = names.reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0)
    expect(bytes).toBeLessThan(MOST_BYTES)
    expect(names.filter((name) => !/-[\w-]{8}\.(js|css|svg)$/.test(name))).toEqual(['index.html'])
    const html = readFileSync(join(folder, 'index.html'), 'utf8')
    const linked = [...html.matchAll(/\/console\/([\w.-]+)/g)].map((match) => match[1])
    expect(new Set(linked)).toEqual(new Set(names.filter((name) => name !== 'index.html')))
  })

  it('decides as the page in the sources does', async () => {
    const server = await listen()
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      const opened = await page.open({ url, text: 'where is my invoice?' })
      expect(await opened.text('#verdict-route')).toBe('billing')
      expect(opened.mishaps.complaints).toEqual([])
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
