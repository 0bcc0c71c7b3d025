import { spawnSync } from 'node:child_process'
import { readdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fitInWorker } from '../../src/app/fit-in-worker.ts'
import { createApp } from '../../src/app/index.ts'
import { loadConfig } from '../../src/config/index.ts'
import type { RouteSet } from '../../src/contracts/index.ts'
import { Router } from '../../src/core/index.ts'
import { loadBuiltinEncoder } from '../../src/encoders/builtin/index.ts'
import { startServer } from '../../src/server/index.ts'
import { billing, makeFolder, type ServeOptions, type Serving, serve, support } from './serving.ts'

let open: Serving[] = []
afterEach(async () => {
  for (const serving of open) await serving.stop()
  for (const { folder } of open) rmSync(folder, { recursive: true, force: true })
  open = []
})

async function start(options?: ServeOptions): Promise<Serving> {
  const serving = await serve(options)
  open.push(serving)
  return serving
}

async function restart(serving: Serving, options?: ServeOptions): Promise<Serving> {
  await serving.stop()
  open = open.filter((other) => other !== serving)
  return start({ folder: serving.folder, ...options })
}

/** More texts than are fitted in passing, so that the worker thread has to. */
const largeSet = (routes: number): RouteSet => ({
  routes: Array.from({ length: routes }, (_, route) => ({
    name: `route-${route}`,
    examples: ['open', 'close', 'show', 'delete', 'rename', 'share'].map(
      (verb) => `${verb} the ${WORDS[route % WORDS.length]} ${route}`,
    ),
  })),
})

const WORDS = [
  'invoice',
  'password',
  'garden',
  'airport',
  'recipe',
  'window',
  'violin',
  'contract',
  'engine',
  'river',
]

const decide = async (serving: Serving, text: string) => {
  const { json } = await serving.call('POST', '/v1/route', { text, threshold: 0 })
  const { id, latencyUs, ...decision } = json
  return decision
}

describe('stored routes', () => {
  it('survive a restart with their version, and decide the same', async () => {
    const first = await start()
    await first.call('PUT', '/v1/route-sets/default', { routes: [billing] })
    await first.call('POST', '/v1/routes', support)
    await first.call('PUT', '/v1/route-sets/other', { routes: [support], outOfScope: ['tell me a joke'] })
    await first.app.idle()
    const sets = (await first.call('GET', '/v1/route-sets')).json
    const decision = await decide(first, 'I was charged twice')
    const second = await restart(first)
    expect((await second.call('GET', '/v1/route-sets')).json).toEqual(sets)
    expect(await decide(second, 'I was charged twice')).toEqual(decision)
    expect((await second.call('GET', '/v1/route-sets/other')).json.outOfScope).toEqual(['tell me a joke'])
  })

  it('written by another process are taken over before the next change', async () => {
    const one = await start()
    const two = await serve({ folder: one.folder })
    try {
      await one.call('POST', '/v1/routes', billing)
      expect((await two.call('POST', '/v1/routes', support)).json.version).toBe(2)
      expect((await two.call('GET', '/v1/routes')).json.routes).toHaveLength(2)
      const stale = await one.call('PUT', '/v1/routes/billing', billing, { 'if-match': '"1"' })
      expect([stale.status, stale.json.error.code]).toEqual([409, 'version_conflict'])
    } finally {
      await two.stop()
    }
  })
})

describe('a large set', () => {
  it('is fitted on another thread before it is answered, and loaded from its snapshot at the next start', async () => {
    const fits: number[] = []
    const fit = (routeSet: RouteSet, signal: AbortSignal) => {
      fits.push(routeSet.routes.length)
      return fitInWorker(routeSet, signal)
    }
    const first = await start({ fit })
    expect((await first.call('PUT', '/v1/route-sets/default', largeSet(20))).status).toBe(201)
    expect(fits).toEqual([20])
    const decision = await decide(first, 'please rename the garden 2')
    expect(decision.route).toBe('route-2')
    expect((await first.call('GET', '/v1/route-sets')).json.routeSets[0].provisional).toBe(false)
    const second = await restart(first, { fit })
    expect(await decide(second, 'please rename the garden 2')).toEqual(decision)
    expect(fits).toEqual([20])
  })

  it('takes an edit at once, provisionally, and is refitted in the background', async () => {
    const serving = await start()
    await serving.call('PUT', '/v1/route-sets/default', largeSet(20))
    const added = {
      name: 'refund',
      examples: ['I want my money back', 'refund me please', 'return my payment'],
    }
    expect((await serving.call('POST', '/v1/routes', added)).status).toBe(201)
    const provisional = await decide(serving, 'I want my money back')
    expect(provisional.route).toBe('refund')
    await serving.app.idle()
    const state = (await serving.call('GET', '/v1/route-sets/default')).json
    expect([state.provisional, state.version]).toEqual([false, 2])
    const fitted = await decide(serving, 'I want my money back')
    expect(fitted.route).toBe('refund')
    expect(fitted.snapshot).not.toBe(provisional.snapshot)
  })

  it('is fitted for its newest edit only, and for the next one after a failure', async () => {
    const seen: {
      routes: number
      signal: AbortSignal
      go: (bytes: Uint8Array) => void
      fail: (error: Error) => void
    }[] = []
    const fit = (routeSet: RouteSet, signal: AbortSignal) =>
      new Promise<Uint8Array>((resolve, reject) => {
        seen.push({ routes: routeSet.routes.length, signal, go: resolve, fail: reject })
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    const lines: string[] = []
    const logger = pino({ level: 'error' }, { write: (line) => void lines.push(line) })
    const serving = await start({ fit, logger })
    const put = serving.call('PUT', '/v1/route-sets/default', largeSet(20))
    await vi.waitFor(() => expect(seen).toHaveLength(1))
    seen[0]?.go(await fitInWorker(largeSet(20), new AbortController().signal))
    await put

    for (let count = 0; count < 3; count++) {
      await serving.call('POST', '/v1/routes', { name: `new-${count}`, examples: [`something new ${count}`] })
    }
    await vi.waitFor(() => expect(seen.at(-1)?.routes).toBe(23))
    expect(seen.slice(1, -1).every(({ signal }) => signal.aborted)).toBe(true)

    seen.at(-1)?.fail(new Error('out of memory'))
    await serving.app.idle()
    expect(lines.filter((line) => line.includes('the refit failed'))).toHaveLength(1)
    expect((await serving.call('GET', '/v1/route-sets/default')).json.provisional).toBe(true)

    await serving.call('DELETE', '/v1/routes/new-0')
    await vi.waitFor(() => expect(seen.at(-1)?.routes).toBe(22))
    const { routes } = (await serving.call('GET', '/v1/route-sets/default')).json
    seen.at(-1)?.go(await fitInWorker({ routes }, new AbortController().signal))
    await serving.app.idle()
    expect((await serving.call('GET', '/v1/route-sets/default')).json.provisional).toBe(false)
  })

  it('whose edit was not refitted before the end starts without waiting, edit included', async () => {
    const first = await start()
    await first.call('PUT', '/v1/route-sets/default', largeSet(20))
    const never = (_routeSet: RouteSet, signal: AbortSignal) =>
      new Promise<Uint8Array>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    const second = await restart(first, { fit: never })
    const added = {
      name: 'refund',
      examples: ['I want my money back', 'refund me please', 'return my payment'],
    }
    expect((await second.call('POST', '/v1/routes', added)).status).toBe(201)
    const decision = await decide(second, 'I want my money back')
    const third = await restart(second, { fit: never })
    expect((await third.call('GET', '/v1/route-sets/default')).json).toMatchObject({
      version: 2,
      provisional: true,
    })
    expect(await decide(third, 'I want my money back')).toEqual(decision)
    const fourth = await restart(third)
    await fourth.app.idle()
    expect((await fourth.call('GET', '/v1/route-sets/default')).json.provisional).toBe(false)
  })

  it('is refused, not stored, when it cannot be fitted', async () => {
    const serving = await start({ fit: () => Promise.reject(new Error('out of memory')) })
    const answer = await serving.call('PUT', '/v1/route-sets/default', largeSet(20))
    expect([answer.status, answer.json.error.code]).toEqual([500, 'internal'])
    expect((await serving.call('GET', '/v1/route-sets/default')).json).toMatchObject({
      version: 0,
      routes: [],
    })
  })

  it('that is being fitted when the server stops is refused, not stored', async () => {
    let isFitting = false
    const fit = (_routeSet: RouteSet, signal: AbortSignal) =>
      new Promise<Uint8Array>((_resolve, reject) => {
        isFitting = true
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    const serving = await start({ fit })
    const put = serving.call('PUT', '/v1/route-sets/default', largeSet(20))
    await vi.waitFor(() => expect(isFitting).toBe(true))
    const closed = serving.app.close()
    const answer = await put
    expect([answer.status, answer.json.error.code]).toEqual([503, 'shutting_down'])
    await closed
    await serving.server.close({ hurry: true })
    open = []
    const again = await start({ folder: serving.folder })
    expect((await again.call('GET', '/v1/routes')).json.version).toBe(0)
  })

  it('keeps a bounded number of snapshots', async () => {
    const encoder = await loadBuiltinEncoder()
    const serving = await start({ fit: async (routeSet) => Router.compile(routeSet, encoder).save() })
    const snapshots = () => readdirSync(join(serving.folder, '.stratarouter', 'snapshots'))
    for (let routes = 15; routes < 35; routes++) {
      await serving.call('PUT', '/v1/route-sets/default', {
        ...largeSet(routes),
        defaults: { threshold: routes / 100 },
      })
      await serving.app.idle()
    }
    expect(snapshots().length).toBeLessThanOrEqual(17)
    expect(snapshots().every((name) => name.endsWith('.snapshot'))).toBe(true)
  })

  it('is made again when its snapshot has been damaged', async () => {
    const first = await start()
    await first.call('PUT', '/v1/route-sets/default', largeSet(20))
    const decision = await decide(first, 'please rename the garden 2')
    const folder = join(first.folder, '.stratarouter', 'snapshots')
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'damaged')
    const second = await restart(first)
    expect(await decide(second, 'please rename the garden 2')).toEqual(decision)
  })
})

describe('a route file', () => {
  const text = (...names: string[]) =>
    `routes:\n${names.map((name) => `  - name: ${name}\n    examples: ["take me to ${name}", "${name} please"]\n`).join('')}`

  async function startWithFile(): Promise<{ serving: Serving; file: string; lines: string[] }> {
    const folder = makeFolder()
    const file = join(folder, 'routes.yaml')
    writeFileSync(file, text('apples', 'pears'))
    const lines: string[] = []
    const logger = pino({ level: 'info' }, { write: (line) => void lines.push(line) })
    return { serving: await start({ folder, flags: { 'routes.file': 'routes.yaml' }, logger }), file, lines }
  }

  const names = async (serving: Serving) =>
    (await serving.call('GET', '/v1/routes')).json.routes.map((route: { name: string }) => route.name)

  it('is the source of the default set, which cannot be written over HTTP', async () => {
    const { serving, file } = await startWithFile()
    expect((await decide(serving, 'take me to pears')).route).toBe('pears')
    for (const [method, path, body] of [
      ['POST', '/v1/routes', billing],
      ['PUT', '/v1/routes/apples', { examples: ['x'] }],
      ['DELETE', '/v1/routes/apples', undefined],
      ['PUT', '/v1/route-sets/default', { routes: [] }],
      ['DELETE', '/v1/route-sets/default', undefined],
    ] as const) {
      const answer = await serving.call(method, path, body)
      expect([answer.status, answer.json.error.code]).toEqual([409, 'route_set_read_only'])
      expect(answer.json.error.message).toContain(file)
    }
    expect((await serving.call('PUT', '/v1/route-sets/other', { routes: [billing] })).status).toBe(201)
  })

  it('is live at once when it changes, also when replaced by a rename', async () => {
    const { serving, file } = await startWithFile()
    writeFileSync(file, text('apples', 'plums'))
    await vi.waitFor(async () => expect(await names(serving)).toEqual(['apples', 'plums']), {
      timeout: 20_000,
    })
    expect((await decide(serving, 'take me to plums')).route).toBe('plums')
    expect((await serving.call('GET', '/v1/routes')).json.version).toBe(2)
    writeFileSync(`${file}.new`, text('cherries'))
    renameSync(`${file}.new`, file)
    await vi.waitFor(async () => expect(await names(serving)).toEqual(['cherries']), { timeout: 20_000 })
  })

  it('is followed through a symbolic link that is switched', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'one.yaml'), text('apples'))
    writeFileSync(join(folder, 'two.yaml'), text('pears'))
    symlinkSync('one.yaml', join(folder, 'routes.yaml'))
    const serving = await start({ folder, flags: { 'routes.file': 'routes.yaml' } })
    symlinkSync('two.yaml', join(folder, 'next'))
    renameSync(join(folder, 'next'), join(folder, 'routes.yaml'))
    await vi.waitFor(async () => expect(await names(serving)).toEqual(['pears']), { timeout: 20_000 })
  })

  it('is refused when wrong, with the line in the log, while the routes before serve on', async () => {
    const { serving, file, lines } = await startWithFile()
    writeFileSync(file, 'routes:\n  - name: apples\n    exampels: [x]\n')
    await vi.waitFor(() => expect(lines.some((line) => line.includes('was refused'))).toBe(true), {
      timeout: 20_000,
    })
    expect(lines.find((line) => line.includes('was refused'))).toContain('routes.yaml:')
    expect(await names(serving)).toEqual(['apples', 'pears'])
    unlinkSync(file)
    await vi.waitFor(() => expect(lines.some((line) => line.includes('cannot be read'))).toBe(true), {
      timeout: 20_000,
    })
    writeFileSync(file, text('figs'))
    await vi.waitFor(async () => expect(await names(serving)).toEqual(['figs']), { timeout: 20_000 })
  })

  it('that is wrong or missing at the start stops it, saying where', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'routes.yaml'), 'routes:\n  - name: "no spaces allowed"\n')
    await expect(serve({ folder, flags: { 'routes.file': 'routes.yaml' } })).rejects.toThrow(
      /routes\.yaml:2: /,
    )
    await expect(serve({ folder, flags: { 'routes.file': 'none.yaml' } })).rejects.toThrow(/does not exist/)
    rmSync(folder, { recursive: true })
  })
})

describe('the demo set', () => {
  it('serves only when asked for, until something is stored', async () => {
    const plain = await start()
    expect((await plain.call('GET', '/v1/routes')).json).toEqual({
      routeSet: 'default',
      version: 0,
      routes: [],
    })
    const demo = await restart(plain, { demo: true })
    expect((await decide(demo, 'where is my refund?')).route).toEqual(expect.any(String))
    const { version, routes } = (await demo.call('GET', '/v1/routes')).json
    expect(version).toBe(0)
    await demo.call('DELETE', `/v1/routes/${routes[0].name}`, undefined, { 'if-match': '"0"' })
    const again = await restart(demo)
    const kept = (await again.call('GET', '/v1/routes')).json
    expect([kept.version, kept.routes.length]).toEqual([1, routes.length - 1])
  })
})

const openssl = spawnSync('openssl', ['version']).status === 0

describe('TLS', () => {
  it.skipIf(!openssl)(
    'serves over https with the certificate configured (needs openssl to make one)',
    async () => {
      const folder = makeFolder()
      const made = spawnSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-keyout',
          'key.pem',
          '-out',
          'cert.pem',
          '-days',
          '1',
          '-subj',
          '/CN=localhost',
        ],
        { cwd: folder },
      )
      expect(made.status, String(made.stderr)).toBe(0)
      const serving = await start({
        folder,
        flags: { 'server.tls.cert': 'file:cert.pem', 'server.tls.key': 'file:key.pem' },
      })
      expect(serving.url).toMatch(/^https:/)
      const status = await new Promise((resolve, reject) => {
        request(`${serving.url}/health`, { rejectUnauthorized: false }, (response) =>
          resolve(response.statusCode),
        )
          .on('error', reject)
          .end()
      })
      expect(status).toBe(200)
    },
  )

  it('says what is wrong with a certificate that cannot be used', async () => {
    const folder = makeFolder()
    const { config } = loadConfig({
      environment: {},
      workingDirectory: folder,
      flags: { 'server.port': 0, 'server.tls.cert': 'x', 'server.tls.key': 'y' },
    })
    const app = await createApp(config, { logger: pino({ level: 'silent' }) })
    await expect(startServer(app, config)).rejects.toMatchObject({ code: 'invalid_configuration' })
    await app.close()
    rmSync(folder, { recursive: true })
  })
})
