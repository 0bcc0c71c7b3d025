import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { type App, type AppOptions, createApp } from '../../src/app/index.ts'
import { loadConfig } from '../../src/config/index.ts'
import { type StartedServer, startServer } from '../../src/server/index.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever came
  readonly json: any
  readonly text: string
}

/** A listening server on a free port, with its own data directory. */
export class Serving {
  readonly app: App
  readonly server: StartedServer
  readonly folder: string

  constructor(app: App, server: StartedServer, folder: string) {
    this.app = app
    this.server = server
    this.folder = folder
  }

  get url(): string {
    return this.server.url
  }

  /** Sends JSON, or a text or bytes as they are, and reads the whole answer. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const raw = typeof body === 'string' || body instanceof Uint8Array
    const response = await fetch(this.url + path, {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson && text !== '' ? JSON.parse(text) : undefined,
    }
  }

  /** Closes, keeping the data directory for `serve({ folder })`. */
  async stop(): Promise<void> {
    await this.server.close({ hurry: true })
    await this.app.close()
  }

  async end(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true })
  }
}

export interface ServeOptions extends AppOptions {
  readonly folder?: string
  readonly flags?: Readonly<Record<string, string | number | boolean | readonly string[]>>
}

export const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'stratarouter-serving-'))

export async function serve({
  folder = makeFolder(),
  flags,
  ...options
}: ServeOptions = {}): Promise<Serving> {
  const { config } = loadConfig({
    environment: {},
    workingDirectory: folder,
    flags: { 'server.port': 0, 'log.level': 'silent', ...flags },
  })
  const app = await createApp(config, { logger: pino({ level: 'silent' }), ...options })
  try {
    return new Serving(app, await startServer(app, config), folder)
  } catch (error) {
    await app.close()
    throw error
  }
}

export const billing = {
  name: 'billing',
  examples: ['where is my invoice?', 'I was charged twice', 'I want a refund', 'update my credit card'],
  metadata: { team: 'finance' },
}

export const support = {
  name: 'support',
  examples: [
    'the app crashes when I log in',
    'I cannot reset my password',
    'the page shows an error',
    'nothing loads',
  ],
}

/** A decision without what differs from call to call. */
export const withoutTime = ({ id, latencyUs, ...decision }: Record<string, unknown>) => decision

/** What the default set decides, whatever the confidence, without what differs from call to call. */
export async function decide(serving: Serving, text: string) {
  return withoutTime((await serving.call('POST', '/v1/route', { text, threshold: 0 })).json)
}
