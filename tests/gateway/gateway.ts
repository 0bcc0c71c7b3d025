import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect } from 'vitest'
import { createApp } from '../../src/app/index.ts'
import { loadConfig } from '../../src/config/index.ts'
import { startServer } from '../../src/server/index.ts'
import { type MockProvider, type MockProviderOptions, startMockProvider } from '../../src/testing/index.ts'
import { makeFolder, Serving } from '../integration/serving.ts'

/** The configuration of a gateway whose providers are at `url`; JSON, as YAML is a superset of it. */
export type GatewaySettings = (url: string) => Readonly<Record<string, unknown>>

/** Providers of every kind at one mock, and a model at each. */
export const everyProvider: GatewaySettings = (url) => ({
  providers: {
    openai: { apiKey: 'sk-openai-secret', baseUrl: `${url}/v1` },
    anthropic: { apiKey: 'sk-anthropic-secret', baseUrl: `${url}/v1` },
    google: { apiKey: 'google-secret', baseUrl: `${url}/v1beta` },
    local: { type: 'openai-compatible', baseUrl: `${url}/v1` },
  },
  models: {
    gpt: { provider: 'openai', model: 'gpt-5-mini' },
    claude: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
    gemini: { provider: 'google', model: 'gemini-2.5-flash' },
    small: { provider: 'local', model: 'llama' },
  },
  defaultModel: 'gpt',
})

/** Serves a gateway over a mock provider, until `end` is called on what comes back and on its mock. */
export async function serveGateway(
  settings: GatewaySettings,
  { mock: options, log }: { readonly mock?: MockProviderOptions; readonly log?: (line: string) => void } = {},
): Promise<{ readonly gateway: Serving; readonly mock: MockProvider; end(): Promise<void> }> {
  const mock = await startMockProvider(options)
  const folder = makeFolder()
  const file = join(folder, 'stratarouter.yaml')
  writeFileSync(file, JSON.stringify(settings(mock.url)))
  const { config } = loadConfig({
    file,
    environment: {},
    workingDirectory: folder,
    flags: { 'server.port': 0 },
  })
  const logger = log ? pino({ level: 'trace' }, { write: log }) : pino({ level: 'silent' })
  const app = await createApp(config, { logger })
  const gateway = new Serving(app, await startServer(app, config), folder)
  return {
    gateway,
    mock,
    async end() {
      await gateway.end()
      await mock.close()
    },
  }
}

/** Lets so many answers go on that are held, as soon as the provider holds them. */
export async function release(mock: MockProvider, answers: number): Promise<void> {
  let released = 0
  await expect
    .poll(
      () => {
        released += mock.release()
        return released
      },
      { timeout: 20_000 },
    )
    .toBe(answers)
}
