import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { openProvider } from '../../src/app/open-provider.ts'
import { loadConfig, parseRouteText } from '../../src/config/index.ts'
import type { TransportRequest } from '../../src/contracts/index.ts'
import { markdownFiles, repositoryRoot } from './markdown-links.ts'

const folder = mkdtempSync(join(tmpdir(), 'stratarouter-snippets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const snippets = markdownFiles()
  .filter((page) => page === 'README.md' || page.startsWith('docs'))
  .flatMap((page) =>
    [...readFileSync(join(repositoryRoot, page), 'utf8').matchAll(/^```yaml[^\n]*\n([\s\S]*?)^```$/gm)].map(
      ([, text = ''], index) => ({ name: `${page}, block ${index + 1} of YAML`, text, top: topOf(text) }),
    ),
  )

function topOf(text: string): readonly string[] {
  const value: unknown = parse(text)
  return typeof value === 'object' && value !== null ? Object.keys(value) : []
}

const isRouteFile = (text: string): boolean => Array.isArray((parse(text) as { routes?: unknown }).routes)
const configurations = snippets.filter(({ top, text }) => top.includes('models') && !isRouteFile(text))
const ofGateway = ['gateway', 'providers', 'keys-and-tenants', 'budgets-and-cost']

/** As the reader has it: every variable that is named is there. */
function load(text: string) {
  const file = join(folder, 'stratarouter.yaml')
  writeFileSync(file, text)
  const environment = Object.fromEntries([...text.matchAll(/env:(\w+)/g)].map(([, name]) => [name, 'a-key']))
  return loadConfig({ file, environment, workingDirectory: folder })
}

describe('blocks of YAML in the documents', () => {
  it('are looked for where there are some', () => {
    for (const guide of ofGateway) {
      expect(
        configurations.some(({ name }) => name.includes(guide)),
        guide,
      ).toBe(true)
    }
    expect(configurations.length).toBeGreaterThan(12)
  })

  it.each(configurations)('load as a configuration with nothing to warn of: $name', ({ text }) => {
    const { config, notes } = load(text)
    expect(notes).toEqual([])
    expect(Object.keys(config.models).length).toBeGreaterThan(0)
  })

  it.each(snippets.filter(({ text, top }) => top.includes('routes') && isRouteFile(text)))(
    'load as a route file: $name',
    ({ text }) => {
      expect(() => parseRouteText(text, 'routes.yaml')).not.toThrow()
    },
  )
})

describe('addresses in the comments of docs/guides/providers.md', () => {
  const commented = configurations.filter(({ text }) => /# https?:\S+, \S+$/m.test(text))

  it('are in every block with a service', () => {
    expect(commented.length).toBeGreaterThanOrEqual(10)
  })

  it.each(commented)('are those that are asked, with the key in that header: $name', async ({ text }) => {
    const { config } = load(text)
    const [, url, header] = /# (https?:\S+), (\S+)$/m.exec(text) as unknown as [string, string, string]
    const sent: TransportRequest[] = []
    const transport = {
      send(request: TransportRequest) {
        sent.push(request)
        return Promise.reject(new Error('nobody is there'))
      },
      close: async () => {},
    }
    const [name] = Object.keys(config.providers)
    const provider = await openProvider(name as string, undefined, {
      config,
      transport: async () => transport,
      nextId: () => 'id',
      now: () => 0,
    })
    const [settings] = Object.entries(config.models)
    const model = settings?.[1].model ?? (settings?.[0] as string)
    const call = { protocol: 'openai-chat', stream: false, headers: {} } as const
    const body = { model, messages: [{ role: 'user', content: 'hello' }] }
    await expect(
      provider.call({ ...call, body }, model, { signal: new AbortController().signal }),
    ).rejects.toThrow('nobody is there')
    expect(sent[0]?.url).toBe(url)
    const carrying = Object.entries(sent[0]?.headers ?? {}).filter(([, value]) => value.includes('a-key'))
    expect(carrying.map(([carrier]) => carrier)).toEqual(header === 'none' ? [] : [header])
  })
})
