import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mainFile, runProgram } from '../e2e/cli-process.ts'
import { type Collector, startCollector } from './collector.ts'
import { startEchoProvider } from './echo-provider.ts'

/** Some look like keys, some do not; each is found wherever it comes out. */
const MARKED = {
  openaiKey: 'sk-marked-openai-7f3a9c',
  anthropicKey: 'marked-anthropic-1d8e2b',
  googleKey: 'marked-google-55ac01',
  localKey: 'marked"local\\key-90bd',
  localHeader: 'marked-header-3c7d1f',
  localQuery: 'marked-query-8a2e4c',
  deploymentKey: 'marked-deployment-6b9f0e',
  webhookKey: 'marked-webhook-2e5d7a',
  literalKey: 'marked-literal-c0ffee',
  collectorKey: 'marked-collector-4d1b8f',
  databasePassword: 'marked-database-e7c3a5',
  wrongKey: `sr_marked${'0'.repeat(37)}`,
  wrongToken: 'marked-wrong-token-b4d6',
} as const
const PROMPT = 'marked-prompt-where-is-my-refund'
const SENT_IN_ADDRESS = 'marked-address-91e0d2'

const FAILURES = [
  '400',
  '401',
  '403',
  '429',
  '500',
  'malformed',
  'page',
  'error',
  'stream',
  'event',
  'garbage',
  'reset',
]
const PROVIDERS = ['openai', 'anthropic', 'google', 'local', 'webhook', 'gone'] as const

const environment = {
  OPENAI_KEY: MARKED.openaiKey,
  ANTHROPIC_KEY: MARKED.anthropicKey,
  GOOGLE_KEY: MARKED.googleKey,
  LOCAL_KEY: MARKED.localKey,
  LOCAL_HEADER: MARKED.localHeader,
  WEBHOOK_KEY: MARKED.webhookKey,
  OTEL_EXPORTER_OTLP_HEADERS: `x-collector-key=${MARKED.collectorKey}`,
  STRATAROUTER_LOG_LEVEL: 'trace',
}

let folder: string
let collector: Collector
let echo: Awaited<ReturnType<typeof startEchoProvider>>
let config: Record<string, unknown>
/** All that came out anywhere, by where. */
const said = new Map<string, string>()
const note = (where: string, text: string) => said.set(where, (said.get(where) ?? '') + text)
/** Made by the server as it ran. */
const apiKeys: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stratarouter-secrets-'))
  collector = await startCollector()
  echo = await startEchoProvider()
  const models: Record<string, unknown> = {}
  for (const provider of PROVIDERS) {
    for (const kind of FAILURES) {
      models[`${provider}-${kind}`] =
        kind === '403' && provider === 'openai'
          ? { deployments: [{ provider, key: MARKED.deploymentKey, model: `fails-${kind}` }] }
          : { provider, model: `fails-${kind}` }
    }
  }
  models.all = {
    provider: 'openai',
    model: 'fails-500',
    fallbacks: ['local-500', 'gone-500', 'anthropic-401'],
  }
  config = {
    providers: {
      openai: { apiKey: 'env:OPENAI_KEY', baseUrl: `${echo.url}/v1` },
      anthropic: { apiKey: 'env:ANTHROPIC_KEY', baseUrl: `${echo.url}/v1` },
      google: { apiKey: 'env:GOOGLE_KEY', baseUrl: `${echo.url}/v1beta` },
      local: {
        type: 'openai-compatible',
        apiKey: 'env:LOCAL_KEY',
        authHeader: 'api-key',
        headers: { 'x-team': 'env:LOCAL_HEADER' },
        query: { key: MARKED.localQuery, 'api-version': '2024-10-21' },
        baseUrl: `${echo.url}/v1`,
      },
      webhook: { apiKey: 'env:WEBHOOK_KEY', url: `${echo.url}/hook`, allowPrivate: true },
      // Nobody listens there.
      gone: {
        type: 'openai-compatible',
        apiKey: MARKED.literalKey,
        baseUrl: 'http://127.0.0.1:9/v1',
        query: { key: MARKED.localQuery },
      },
    },
    models,
    defaultModel: 'openai-500',
    execution: { retries: 0, breakerMinimumCalls: 1000 },
    telemetry: { traces: { endpoint: collector.url } },
    server: { port: 0 },
    dataDir: 'data',
  }
  writeFileSync(join(folder, 'stratarouter.yaml'), JSON.stringify(config))
})
afterAll(async () => {
  await collector.close()
  await echo.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
})

function expectNothingIn(where: string, text: string, more: readonly string[] = []): void {
  for (const secret of [...Object.values(MARKED), ...apiKeys, SENT_IN_ADDRESS, ...more]) {
    for (const form of new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])) {
      const at = text.indexOf(form)
      expect(at === -1 ? '' : `${where}: …${text.slice(Math.max(0, at - 200), at + 80)}…`).toBe('')
    }
  }
}

const filesBelow = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

/** A module that makes the process crash on a signal, with an error full of secrets. */
const CRASH = `process.on('SIGUSR2', () => {
  const request = { headers: { authorization: 'Bearer ' + process.env.ANTHROPIC_KEY }, body: '${PROMPT}' }
  const cause = Object.assign(new Error('sent ' + process.env.OPENAI_KEY), { request })
  throw Object.assign(new Error('crashed with ' + process.env.WEBHOOK_KEY, { cause }), { request })
})`

async function useServer(url: string): Promise<void> {
  const call = async (method: string, path: string, body?: unknown, key = apiKeys[0]) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  const noted = async (...args: Parameters<typeof call>) => {
    const { status, headers, text } = await call(...args)
    note('answers', `${args[0]} ${args[1].split('?')[0]} ${status} ${JSON.stringify([...headers])} ${text}\n`)
    return { status, text }
  }
  const makeKey = async (name: string) => {
    const { secret, id } = JSON.parse(
      (await call('POST', '/v1/keys', { name, scopes: ['admin', 'execute'] })).text,
    )
    apiKeys.push(secret)
    return id as string
  }
  await makeKey('operations')
  const id = await makeKey('revoked')
  await noted('DELETE', `/v1/keys/${id}`)
  for (const key of [MARKED.wrongKey, MARKED.wrongToken, apiKeys[1] as string]) {
    expect((await noted('POST', '/v1/chat/completions', {}, key)).status).toBe(401)
  }
  const messages = [{ role: 'user', content: PROMPT }]
  const paths = [
    ['/v1/chat/completions', { messages }],
    ['/v1/responses', { input: PROMPT }],
    ['/v1/messages', { messages, max_tokens: 9 }],
    ['/v1/execute', { text: PROMPT }],
  ] as const
  const models = [
    ...PROVIDERS.flatMap((provider) => FAILURES.map((kind) => `${provider}-${kind}`)),
    'all',
    'auto',
  ]
  for (const [path, body] of paths) {
    for (const model of models) {
      for (const stream of [false, true]) await noted('POST', path, { model, stream, ...body })
    }
  }
  await noted('POST', '/v1/embeddings', { model: 'openai-500', input: PROMPT })
  await noted('POST', '/v1/messages/count_tokens', { model: 'anthropic-500', messages })
  await noted('POST', `/v1/chat/completions?key=${SENT_IN_ADDRESS}`, { model: 'openai-500', messages })
  await noted('GET', `/nowhere?token=${SENT_IN_ADDRESS}`)
  await noted('POST', '/v1/chat/completions', `{"model": "${PROMPT}`)
  await noted('POST', '/v1/route', { text: PROMPT })
  for (const path of [
    '/metrics',
    '/v1/keys',
    '/v1/audit',
    '/v1/usage',
    '/v1/models',
    '/health/ready',
    '/openapi.json',
  ]) {
    const { status, text } = await call('GET', path)
    expect(status, path).toBe(200)
    note('management', `${path} ${text}\n`)
  }
}

describe('a gateway with secrets everywhere, and every kind of error', () => {
  it('runs, fails in every way and crashes', async () => {
    writeFileSync(join(folder, 'crash.mjs'), CRASH)
    const child = spawn(process.execPath, [mainFile, 'serve'], {
      cwd: folder,
      env: {
        PATH: process.env.PATH ?? '',
        ...environment,
        NODE_OPTIONS: `--import ${join(folder, 'crash.mjs')}`,
        STRATAROUTER_DEBUG: '1',
      },
    })
    child.stdout.on('data', (data) => note('logs', String(data)))
    const ready = new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said.get('errors')}`)))
      child.stderr.on('data', (data) => {
        note('errors', String(data))
        const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said.get('errors') ?? '')?.[0]
        if (url !== undefined) resolve(url)
      })
    })
    await useServer(await ready)
    child.kill('SIGUSR2')
    expect((await once(child, 'close'))[0]).toBe(1)
    expect(said.get('logs')).toContain('something was not caught')
    // Every provider was asked, and answered with what it was sent.
    expect(said.get('answers')).toMatch(/you sent/)
  }, 60_000)

  it('has none of them in its logs and what it prints, nor what callers asked', () => {
    for (const where of ['logs', 'errors']) expectNothingIn(where, said.get(where) ?? '', [PROMPT])
    for (const line of (said.get('logs') ?? '').split('\n').slice(0, -1)) JSON.parse(line)
  })

  it('has none of them in an answer', () => {
    expectNothingIn('answers', said.get('answers') ?? '')
  })

  it('has none of them in metrics, keys, usage and the audit log, nor what callers asked', () => {
    expectNothingIn('management', said.get('management') ?? '', [PROMPT])
  })

  it('has none of them in traces, nor what callers asked', () => {
    expect(collector.spans.length).toBeGreaterThan(500)
    expectNothingIn('traces', collector.bodies.join('\n'), [PROMPT])
  })

  it('has none of them in its files, nor what callers asked', () => {
    const files = filesBelow(join(folder, 'data'))
    expect(files.some((file) => file.endsWith('.db'))).toBe(true)
    for (const file of files) expectNothingIn(file, readFileSync(file, 'latin1'), [PROMPT])
  })

  it.each([
    ['config', 'explain'],
    ['config', 'explain', '--json'],
    ['doctor'],
    ['doctor', '--json'],
    ['keys', 'list'],
    ['keys', 'list', '--json'],
    ['usage'],
    ['audit', 'verify'],
  ])('has none of them in what a command tells: %s %s %s', async (...words) => {
    const { out, errorOut } = await runProgram(words.filter(Boolean), { cwd: folder, environment })
    expect(out).not.toBe('')
    expectNothingIn(words.join(' '), out + errorOut, [PROMPT])
  })

  const database = `postgresql://strata:${MARKED.databasePassword}@127.0.0.1:9/router`
  const broken: Readonly<Record<string, [file: () => string, variables?: Readonly<Record<string, string>>]>> =
    {
      'an unknown field': [() => JSON.stringify({ ...config, provider: { key: MARKED.literalKey } })],
      'a secret of the wrong type': [
        () => JSON.stringify({ providers: { openai: { apiKey: [MARKED.literalKey] } } }),
      ],
      'headers that are none': [
        () => JSON.stringify({ providers: { openai: { headers: MARKED.literalKey } } }),
      ],
      'a secret where a list is expected': [
        () => JSON.stringify({ models: { a: { deployments: { key: MARKED.literalKey } } } }),
      ],
      'YAML that breaks off at a secret': [() => `providers:\n  openai: { apiKey: "${MARKED.literalKey}\n`],
      'YAML with a secret for a name': [() => `providers:\n  openai:\n    apiKey: ${MARKED.literalKey}: x\n`],
      'a list of headers that is none': [() => '{}', { OTEL_EXPORTER_OTLP_HEADERS: MARKED.collectorKey }],
      'a database that is not there': [() => '{}', { DATABASE_URL: database }],
      'an address that is none': [() => '{}', { DATABASE_URL: database.replace('postgresql', 'mysql') }],
    }

  it.each(Object.keys(broken))(
    'has none of them in what it says where it cannot start: %s',
    async (name) => {
      const [file, variables = {}] = broken[name] as (typeof broken)[string]
      const place = mkdtempSync(join(folder, 'broken-'))
      writeFileSync(join(place, 'stratarouter.yaml'), file())
      for (const words of [['serve', '--json', '--port', '0'], ['doctor']]) {
        const { code, out, errorOut } = await runProgram(words, {
          cwd: place,
          environment: { ...environment, ...variables },
        })
        if (words[0] === 'serve') expect(code, out + errorOut).not.toBe(0)
        expectNothingIn(`${name}: ${words.join(' ')}`, out + errorOut)
      }
    },
    30_000,
  )
})
