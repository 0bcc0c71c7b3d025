import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { checkGatewaySettings } from '../../config/index.ts'
import type { JsonObject, RouteSet } from '../../contracts/index.ts'
import { checkGateway, checkTargets } from './gateway-checks.ts'

const configOf = (settings: Record<string, unknown>, environment: Record<string, string> = {}) =>
  checkGatewaySettings(settings, { environment, workingDirectory: '.' })

test('a provider without the key that its service wants fails with the variable, unless each deployment has one', async () => {
  const providers = { openai: {}, claude: { type: 'anthropic' } }
  const deployments = [{ provider: 'claude', key: 'sk-1' }, { provider: 'claude' }]
  const config = configOf({
    providers,
    models: { fast: { provider: 'openai' }, careful: { deployments } },
  })
  expect(await checkGateway(config)).toMatchObject([
    { name: 'provider openai', status: 'fail', detail: expect.stringContaining('OPENAI_API_KEY') },
    {
      name: 'provider claude',
      status: 'fail',
      remedy: expect.stringContaining('providers.claude.apiKey to env:NAME'),
    },
    { name: 'models' },
  ])
})

test('a provider whose deployments all have keys of their own needs none', async () => {
  const config = configOf({
    providers: { openai: {} },
    models: { fast: { deployments: [{ provider: 'openai', key: 'sk-1' }] } },
  })
  const asked: string[] = []
  const [openai] = await checkGateway(config, async ({ href }) => void asked.push(href))
  expect(openai).toMatchObject({ status: 'ok', detail: 'https://api.openai.com can be reached' })
  expect(asked).toEqual(['https://api.openai.com/'])
})

test('an address where somebody listens is in order and one where nobody does is not, whatever the key, and neither is told in full', async () => {
  let received = 0
  const server = createServer((socket) => {
    socket.on('data', (bytes) => {
      received += bytes.length
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const config = configOf({
    providers: {
      openai: { baseUrl: `http://127.0.0.1:${port}/secret-path` },
      demo: {},
      plain: {
        type: 'openai',
        apiKey: 'sk-secret',
        baseUrl: `https://127.0.0.1:${port}`,
        timeouts: { connectMs: 1 },
      },
    },
  })
  const [openai, demo, plain] = await checkGateway(config)
  expect([openai, demo]).toEqual([
    { name: 'provider openai', status: 'ok', detail: `http://127.0.0.1:${port} can be reached` },
    { name: 'provider demo', status: 'ok', detail: 'answers by itself' },
  ])
  expect(plain).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('no connection within 1 ms'),
    remedy: expect.stringContaining('providers.plain.baseUrl'),
  })
  await new Promise((resolve) => server.close(resolve))
  expect(await checkGateway(config)).toMatchObject([
    { status: 'fail', detail: `http://127.0.0.1:${port} cannot be reached (ECONNREFUSED)` },
    { status: 'ok' },
    { status: 'fail' },
  ])
  // The beginning of TLS is all that an address gets.
  expect(received).toBeLessThan(2000)
})

test('models without a price are named', async () => {
  const checks = await checkGateway(
    configOf({
      providers: { demo: {}, tickets: { type: 'webhook', url: 'http://127.0.0.1:9/' } },
      models: {
        free: { provider: 'demo' },
        ticket: { provider: 'tickets' },
        priced: { provider: 'tickets', price: { inputPerMillion: 1, outputPerMillion: 1 } },
        mixed: { deployments: [{ provider: 'demo' }, { provider: 'tickets' }] },
      },
    }),
  )
  expect(checks.at(-1)).toMatchObject({
    name: 'models',
    status: 'warn',
    detail: '4 models; no price is known of ticket, mixed',
    remedy: expect.stringContaining('models.ticket.price'),
  })
})

const routesTo = (...targets: (JsonObject | undefined)[]) =>
  ({
    routes: targets.map((target, place) => ({
      name: `r${place}`,
      examples: ['an example'],
      ...(target === undefined ? {} : { target }),
    })),
  }) as unknown as RouteSet

test('targets of routes that name no model fail with the nearest one, fallbacks too', () => {
  const config = configOf({ providers: { demo: {} }, models: { fast: { provider: 'demo' } } })
  expect(
    checkTargets(routesTo({ model: 'fats' }, { model: 'fast', fallbacks: ['nothing'] }), config),
  ).toMatchObject({
    status: 'fail',
    detail:
      'the route r0 leads to "fats", which is no model; did you mean fast?\nthe route r1 leads to "nothing", which is no model',
  })
  expect(checkTargets(routesTo({ model: 'fast' }), config)).toMatchObject({ status: 'ok' })
  expect(checkTargets(routesTo({ model: 'fast' }), configOf({}))).toBeNull()
})

test('routes without a model warn where no default model answers instead', () => {
  const settings = { providers: { demo: {} }, models: { fast: { provider: 'demo' } } }
  const routes = routesTo(undefined, { model: 'fast' })
  expect(checkTargets(routes, configOf(settings))).toMatchObject({
    status: 'warn',
    detail: '1 route without a model, and no defaultModel',
  })
  expect(checkTargets(routes, configOf({ ...settings, defaultModel: 'fast' }))).toMatchObject({
    status: 'ok',
  })
})
