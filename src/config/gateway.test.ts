import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isStrataError } from '../errors/index.ts'
import { explain } from './explain.ts'
import { loadConfig } from './load-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'stratarouter-gateway-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function load(text: string, environment: Record<string, string> = {}) {
  const file = join(folder, 'gateway.yaml')
  writeFileSync(file, text)
  return loadConfig({ file, environment, workingDirectory: folder })
}

function problems(text: string, environment?: Record<string, string>) {
  try {
    load(text, environment)
  } catch (error) {
    if (isStrataError(error)) return error.details.map(({ path, message }) => `${path}: ${message}`)
    throw error
  }
  return []
}

describe('providers and models in the configuration', () => {
  it('takes what the design names, with secrets read and defaults filled in', () => {
    const { config, notes } = load(
      `providers:
  openai: { apiKey: env:SECRET_A }
  local: { type: openai-compatible, baseUrl: http://127.0.0.1:11434/v1, headers: { x-team: env:SECRET_B } }
models:
  fast:
    provider: openai
    model: gpt-5-mini
    price: { inputPerMillion: 0.25, cachedInputPerMillion: 0.025, outputPerMillion: 2 }
    fallbacks: [small]
  small: { deployments: [{ provider: local, key: literal-key, weight: 2 }, { provider: openai }] }
defaultModel: fast
`,
      { SECRET_A: 'sk-a', SECRET_B: 'team-b' },
    )
    expect(config.providers.openai).toEqual({ apiKey: 'sk-a' })
    expect(config.providers.local?.headers).toEqual({ 'x-team': 'team-b' })
    expect(config.models.small?.deployments?.[0]).toEqual({
      provider: 'local',
      key: 'literal-key',
      weight: 2,
    })
    expect(config.timeouts).toMatchObject({ connectMs: 5000, totalMs: 600_000 })
    expect(notes).toEqual([
      'models.small.deployments[0].key is written down as it is; file:/path or env:NAME keeps the secret out of the configuration.',
    ])
  })

  it('says of every name that leads nowhere what it should have been', () => {
    expect(
      problems(`providers: { openai: {} }
models:
  fast: { provider: opnai, fallbacks: [smal, fast] }
  small: {}
  both: { provider: openai, deployments: [{ provider: nowhere }] }
  auto: { provider: openai }
defaultModel: fst
`),
    ).toEqual(
      [
        'models.fast.provider: expected the name of a provider; did you mean openai? (line)',
        'models.fast.fallbacks[0]: expected the name of a model; did you mean small? (line)',
        'models.fast.fallbacks[1]: a model cannot fall back to itself (line)',
        'models.small: expected either `provider` or `deployments` (line)',
        'models.both: expected either `provider` or `deployments` (line)',
        'models.both.deployments[0].provider: expected the name of a provider; there are: openai (line)',
        'models.auto: expected a name other than `auto` or `route:…`, which mean a decision (line)',
        'defaultModel: expected the name of a model; did you mean fast? (line)',
      ].map((line) =>
        expect.stringMatching(
          new RegExp(
            `^${line.replace(' (line)', '').replace(/[[\]?.]/g, '\\$&')} \\(.*gateway\\.yaml:\\d+\\)$`,
          ),
        ),
      ),
    )
  })

  it('says what a type of provider needs and what means nothing for it', () => {
    expect(
      problems(`providers:
  vllm: { type: openai-compatible }
  canned: { type: static, text: hello, apiKey: k }
  antropic: {}
`),
    ).toEqual([
      expect.stringMatching(/^providers\.vllm\.baseUrl: required for a provider of type openai-compatible/),
      expect.stringMatching(/^providers\.canned\.apiKey: means nothing for a provider of type static/),
      expect.stringMatching(
        /^providers\.antropic\.type: expected `type`, as the entry is not called like one/,
      ),
    ])
  })

  it('names the nearest field where one is misspelt inside an entry', () => {
    expect(
      problems('models: { fast: { provider: openai, fallback: [x] } }\nproviders: { openai: {} }\n'),
    ).toEqual([
      expect.stringMatching(/^models\.fast\.fallback: unknown; did you mean models\.fast\.fallbacks\?/),
    ])
  })

  it('never shows a secret, whether in an explanation or in a problem', () => {
    const loaded = load(
      'providers: { openai: { apiKey: sk-very-secret, headers: { x-key: also-secret } } }\nmodels: {}\n',
    )
    expect(JSON.stringify(explain(loaded))).not.toMatch(/very-secret|also-secret/)
    expect(explain(loaded).find(({ path }) => path === 'providers')?.value).toEqual({
      openai: { apiKey: '***', headers: { 'x-key': '***' } },
    })
    let thrown: unknown
    try {
      load('providers: { openai: { apiKey: [sk-very-secret] } }\n')
    } catch (error) {
      thrown = error
    }
    expect(isStrataError(thrown)).toBe(true)
    expect(JSON.stringify(thrown) + String(thrown)).not.toContain('very-secret')
  })

  it('gives a vendor’s key from the environment to that vendor only', () => {
    const { config } = load(
      `providers:
  openai: {}
  mine: { type: openai, baseUrl: "http://127.0.0.1:1/v1" }
  claude: { type: anthropic }
`,
      { OPENAI_API_KEY: 'sk-o', ANTHROPIC_API_KEY: 'sk-a' },
    )
    expect(config.providers.openai?.apiKey).toBe('sk-o')
    expect(config.providers.mine?.apiKey).toBeUndefined()
    expect(config.providers.claude?.apiKey).toBe('sk-a')
  })

  it('takes them as JSON from the environment', () => {
    const { config } = loadConfig({
      environment: {
        STRATAROUTER_PROVIDERS: '{"canned":{"type":"static","text":"hello"}}',
        STRATAROUTER_MODELS: '{"m":{"provider":"canned"}}',
      },
      workingDirectory: folder,
    })
    expect(config.models).toEqual({ m: { provider: 'canned' } })
  })
})
