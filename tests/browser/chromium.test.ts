import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseRouteSet, Router } from '../../src/index.ts'
import { type Decided, decideAll } from '../engine/decide-all.mjs'
import { portableWork } from '../engine/portable-work.ts'
import { encoder } from '../engine/route-sets.ts'
import { Browser, chromium } from './browser.ts'
import { Page } from './page.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const isBuilt = existsSync(join(root, 'dist', 'core', 'index.js'))

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.bin': 'application/octet-stream',
}

/** What a page or a worker found out, or what went wrong there. */
interface Report {
  readonly page?: Decided & { readonly agent: string }
  readonly worker?: Decided & { readonly isWorker: boolean }
  readonly error?: string
}

/** Serves the built package as it is, but for the one package that it imports by name, which a bundler would put in. */
async function serveFile(path: string, work: string, response: ServerResponse): Promise<void> {
  if (path === '/work.json') {
    response.setHeader('content-type', 'application/json')
    response.end(work)
    return
  }
  const file = path === '/' ? join(root, 'tests/browser/page.html') : join(root, path)
  let body: Buffer | string = await readFile(file)
  if (extname(file) === '.js') {
    body = body.toString('utf8').replace(/from 're2js'/g, "from '/node_modules/re2js/build/index.js'")
  }
  response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
  response.end(body)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function listen(work: string, onReport: (report: Report) => void): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const answer =
      request.method === 'POST'
        ? readBody(request).then((body) => {
            response.end()
            onReport(JSON.parse(body))
          })
        : serveFile(pathname, work, response)
    answer.catch(() => {
      response.statusCode = 404
      response.end()
    })
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

/** Opens the page in a browser until it reports. */
async function askBrowser(command: string, work: string): Promise<Report> {
  const reported = Promise.withResolvers<Report>()
  const server = await listen(work, reported.resolve)
  const { port } = server.address() as AddressInfo
  const browser = await Browser.launch(command)
  try {
    await Page.open(browser, `http://127.0.0.1:${port}/`)
    return await reported.promise
  } finally {
    await browser.close()
    server.closeAllConnections()
    server.close()
  }
}

describe('a real browser', () => {
  it('decides as Node does, bit for bit, on the page and in a worker', async (context) => {
    if (chromium === undefined) {
      context.skip('no Chromium here: apt-get install -y chromium')
      return
    }
    expect(isBuilt, 'the package is built; npm run build').toBe(true)
    const work = portableWork(200)
    const { page, worker, error } = await askBrowser(chromium, JSON.stringify(work))
    expect(error).toBeUndefined()
    expect(page?.agent).toContain('Chrome')
    expect(worker?.isWorker).toBe(true)
    const expected = decideAll({ Router, parseRouteSet }, encoder, work)
    for (const decided of [page, worker]) {
      expect(decided?.snapshot).toBe(expected.snapshot)
      expect(decided?.decisions).toStrictEqual(expected.decisions)
    }
  })
})
