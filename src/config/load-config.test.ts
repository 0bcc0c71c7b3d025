import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isStrataError, type StrataError } from '../errors/index.ts'
import { explain } from './explain.ts'
import { type LoadConfigOptions, loadConfig } from './load-config.ts'
import { configJsonSchema, settings } from './settings.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stratarouter-config-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const load = (options: LoadConfigOptions = {}) =>
  loadConfig({ environment: {}, workingDirectory: folder, ...options })

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

function refusal(options: LoadConfigOptions): StrataError {
  try {
    load(options)
  } catch (error) {
    if (isStrataError(error)) return error
    throw error
  }
  throw new Error('expected a refusal')
}

const sourceOf = (options: LoadConfigOptions, path: string) =>
  explain(load(options)).find((setting) => setting.path === path)

describe('loadConfig', () => {
  it('has a default for everything that is needed to serve', () => {
    const { config, file } = load()
    expect(file).toBeNull()
    expect(config.server.port).toBe(8000)
    expect(config.dataDir).toBe(join(folder, '.stratarouter'))
    expect(config.database.primary).toBe(`sqlite:${join(folder, '.stratarouter', 'stratarouter.db')}`)
  })

  it('lets the environment beat the file, and flags the environment', () => {
    write('stratarouter.yaml', 'server:\n  port: 1111\nlog: { level: debug }\n')
    expect(load().config.server.port).toBe(1111)
    const environment = { STRATAROUTER_SERVER_PORT: '2222' }
    expect(load({ environment }).config.server.port).toBe(2222)
    expect(load({ environment, flags: { 'server.port': '3333' } }).config.server.port).toBe(3333)
    expect(load({ environment, flags: { 'server.port': undefined } }).config.log.level).toBe('debug')
  })

  it('reads what OpenTelemetry calls its settings', () => {
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20secret, dataset=b=c',
      OTEL_SERVICE_NAME: 'switchboard',
    }
    const { config, notes } = load({ environment })
    expect(config.telemetry.traces).toEqual({
      endpoint: 'http://collector:4318',
      headers: { 'api-key': 'a secret', dataset: 'b=c' },
      sampleRatio: 1,
      serviceName: 'switchboard',
    })
    expect(notes).toEqual([])
    expect(sourceOf({ environment }, 'telemetry.traces.headers')?.value).toEqual({
      'api-key': '***',
      dataset: '***',
    })
    for (const list of ['a secret', '=secret', 'key=%zz-secret']) {
      const error = refusal({ environment: { OTEL_EXPORTER_OTLP_HEADERS: list } })
      expect(error.details[0]?.path).toBe('telemetry.traces.headers')
      expect(JSON.stringify([error.message, error.details])).not.toContain('secret')
    }
  })

  it('says where each value came from, with the line in the file', () => {
    const file = write('stratarouter.yaml', 'log:\n  level: warn\nserver:\n  # a comment\n  port: 1111\n')
    expect(sourceOf({}, 'server.port')?.source).toBe(`${file}:5`)
    expect(sourceOf({ environment: { PORT: '5' } }, 'server.port')?.source).toBe('environment PORT')
    expect(sourceOf({ flags: { 'server.port': 6 } }, 'server.port')?.source).toBe('flag server.port')
    expect(sourceOf({}, 'server.host')?.source).toBe('default')
  })

  it('reads JSON by content and finds the file that STRATAROUTER_CONFIG names', () => {
    write('settings.conf', '{\n\t"server": {\n\t\t"port": 7777\n\t}\n}')
    const environment = { STRATAROUTER_CONFIG: 'settings.conf' }
    expect(load({ environment }).config.server.port).toBe(7777)
    expect(sourceOf({ environment }, 'server.port')?.source).toBe(`${join(folder, 'settings.conf')}:3`)
  })

  it('reports all problems at once, unknown keys with the nearest name', () => {
    const file = write(
      'stratarouter.yaml',
      'server:\n  prot: 80\n  port: "eighty"\nlog: { level: verbos }\ndatadir: x\n',
    )
    const error = refusal({})
    expect(error.code).toBe('invalid_configuration')
    expect(error.details.map((detail) => [detail.path, detail.nearest])).toEqual(
      expect.arrayContaining([
        ['server.prot', 'port'],
        ['server.port', undefined],
        ['log.level', undefined],
        ['datadir', 'dataDir'],
      ]),
    )
    expect(error.message).toContain(`server.prot: unknown; did you mean server.port? (${file}:2), got 80`)
    expect(error.message).toContain('datadir: unknown; did you mean dataDir?')
    expect(error.message).toContain('"eighty"')
  })

  it('refuses a misspelt variable, and only mentions an unknown one', () => {
    expect(refusal({ environment: { STRATAROUTER_SERVER_PROT: '1' } }).details[0]?.nearest).toBe(
      'STRATAROUTER_SERVER_PORT',
    )
    const environment = {
      STRATAROUTER_CACHE_REDIS_URL: 'redis://x',
      STRATAROUTER_SERVICE_PORT: '80',
      STRATAROUTER_PORT_8000_TCP_ADDR: '10.0.0.1',
      REDIS_URL: 'redis://x',
    }
    expect(load({ environment }).notes).toEqual([
      'STRATAROUTER_CACHE_REDIS_URL is no setting of this version and was ignored.',
    ])
  })

  it('honours conventional names below its own, the older ones with a note', () => {
    expect(load({ environment: { PORT: '1', STRATAROUTER_SERVER_PORT: '2' } }).config.server.port).toBe(2)
    expect(load({ environment: { PORT: '1', SR_PORT: '3', SERVER_PORT: '4' } }).config.server.port).toBe(1)
    const { config, notes } = load({
      environment: { SR_PORT: '3', SR_LOG_LEVEL: 'WARNING', SR_WORKERS: '4' },
    })
    expect([config.server.port, config.log.level, config.server.workers]).toEqual([3, 'warn', 4])
    expect(notes).toHaveLength(3)
    expect(load({ environment: { SERVER_PORT: '4' } }).notes[0]).toContain('STRATAROUTER_SERVER_PORT')
  })

  it('takes a number of workers or auto, and says so of anything else', () => {
    expect(load({ environment: { STRATAROUTER_SERVER_WORKERS: 'auto' } }).config.server.workers).toBe('auto')
    expect(load({ flags: { 'server.workers': '3' } }).config.server.workers).toBe(3)
    expect(load().config.server.workers).toBe(1)
    const complaint = (workers: string) =>
      refusal({ flags: { 'server.workers': workers } }).details[0]?.message
    expect(complaint('many')).toBe('expected "auto" or a number (flag server.workers)')
    expect(complaint('1.5')).toBe('expected "auto" or a whole number (flag server.workers)')
    expect(complaint('0')).toBe('expected a number of at least 1 (flag server.workers)')
    expect(complaint('1000')).toBe('expected a number of at most 256 (flag server.workers)')
  })

  it('refuses a name whose meaning is gone, with the reason', () => {
    const error = refusal({ environment: { CACHE_SIMILARITY_THRESHOLD: '0.9' } })
    expect(error.code).toBe('invalid_configuration')
    expect(error.message).toContain('CACHE_SIMILARITY_THRESHOLD')
    expect(error.message).toContain('unset it')
  })

  it('reads secrets from files and variables and masks them wherever they are shown', () => {
    write('key.pem', 'PRIVATE\n')
    write('stratarouter.yaml', 'server: { tls: { cert: "env:CERT", key: "file:key.pem" } }')
    const environment = { CERT: 'CHAIN' }
    expect(load({ environment }).config.server.tls).toEqual({ cert: 'CHAIN', key: 'PRIVATE' })
    expect(sourceOf({ environment }, 'server.tls.key')?.value).toBe('***')
    expect(refusal({}).message).toContain('the environment variable CERT is not set')
    write('stratarouter.yaml', 'server: { tls: { cert: 5, key: "LITERAL" } }')
    expect(refusal({}).message).not.toContain('LITERAL')
    const literal = load({ file: write('literal.yaml', 'server: { tls: { cert: A, key: B } }') })
    expect(literal.notes).toHaveLength(2)
  })

  it('takes paths relative to the file that names them', () => {
    mkdirSync(join(folder, 'etc'))
    write('etc/config.yaml', 'routes: { file: routes.yaml }\ndatabase: { primary: "sqlite:x.db" }')
    const { config } = load({ file: 'etc/config.yaml', environment: { STRATAROUTER_DATA_DIR: 'data' } })
    expect(config.routes.file).toBe(join(folder, 'etc', 'routes.yaml'))
    expect(config.database.primary).toBe(`sqlite:${join(folder, 'etc', 'x.db')}`)
    expect(config.dataDir).toBe(join(folder, 'data'))
  })

  it('reads lists and unions from the environment', () => {
    const environment = {
      STRATAROUTER_SERVER_CORS: 'https://a, https://b',
      STRATAROUTER_SERVER_TRUST_PROXY: 'true',
    }
    expect(load({ environment }).config.server.cors).toEqual(['https://a', 'https://b'])
    expect(load({ environment }).config.server.trustProxy).toBe(true)
    const proxies = { STRATAROUTER_SERVER_TRUST_PROXY: '10.0.0.0/8' }
    expect(load({ environment: proxies }).config.server.trustProxy).toEqual(['10.0.0.0/8'])
    refusal({ environment: { STRATAROUTER_SERVER_PORT: '80x' } })
  })

  it.each(['10.0.0.0/8', '::1', 'fd00::/8', 'loopback'])('believes the proxies %s', (proxy) => {
    const environment = { STRATAROUTER_SERVER_TRUST_PROXY: proxy }
    expect(load({ environment }).config.server.trustProxy).toEqual([proxy])
  })

  it.each(['nginx', '10.0.0.300', '10.0.0.0/33', '::1/129', '10.0.0.0/', '10.0.0.0/8/8'])(
    'refuses the proxy %s, which is no address',
    (proxy) => {
      const error = refusal({ environment: { STRATAROUTER_SERVER_TRUST_PROXY: proxy } })
      expect(JSON.stringify([error.message, error.details])).toContain('expected an IP address')
    },
  )

  it('cannot be changed once loaded', () => {
    const { config } = load()
    expect(() => Object.assign(config.server, { port: 1 })).toThrow(TypeError)
    expect(() => (config.server.cors as string[]).push('*')).toThrow(TypeError)
  })

  it('names a missing file and a broken one in one sentence', () => {
    expect(refusal({ file: 'nowhere.yaml' }).code).toBe('file_not_found')
    expect(refusal({ file: write('broken.yaml', 'server:\n  port: [\n') }).message).toMatch(/line \d/)
    expect(refusal({ file: write('list.yaml', '- 1') }).message).toContain('settings by name')
    for (const text of ['', '# nothing yet\n']) load({ file: write('empty.yaml', text) })
  })

  it('survives prototype keys', () => {
    refusal({ file: write('proto.json', '{"__proto__": {"port": 1}, "constructor": 2}') })
    expect(({} as { port?: number }).port).toBeUndefined()
  })
})

describe('the names of settings', () => {
  it('do not collide once they are environment variables', () => {
    const names = [...settings.map((setting) => setting.variable), 'STRATAROUTER_CONFIG']
    expect(new Set(names).size).toBe(names.length)
    expect(names).toContain('STRATAROUTER_SERVER_BODY_LIMIT_BYTES')
  })

  it('each have a description', () => {
    expect(settings.filter((setting) => !setting.schema.description)).toEqual([])
    expect(configJsonSchema.type).toBe('object')
  })
})
