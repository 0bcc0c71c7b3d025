import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach } from 'vitest'
import { makeFolder } from './serving.ts'

const script = fileURLToPath(new URL('./serve-process.ts', import.meta.url))

export type LogLine = Readonly<Record<string, unknown>>

/** A server that a test runs as a process of its own; with workers, their supervisor. */
export class ServerProcess {
  readonly child: ChildProcess
  /** What it wrote to standard error. */
  printed = ''
  #logged = ''

  constructor(child: ChildProcess) {
    this.child = child
    child.stderr?.on('data', (data) => {
      this.printed += data
    })
    child.stdout?.on('data', (data) => {
      this.#logged += data
    })
  }

  /** Where it is, as it prints when it is ready. */
  get url(): string {
    return /http:\/\/[\d.]+:\d+/.exec(this.printed)?.[0] ?? ''
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  /** What it and its workers logged, parsed; throws when a line is not JSON. */
  log(): LogLine[] {
    return this.#logged
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine)
  }

  /** Resolves with the exit code. */
  async ended(): Promise<number | null> {
    return this.child.exitCode ?? ((await once(this.child, 'exit'))[0] as number | null)
  }

  async untilReady(): Promise<this> {
    const isReady = () => this.printed.includes('Try: ') && this.printed.endsWith('\n')
    await new Promise<void>((resolve, reject) => {
      this.child.once('exit', (code) => reject(new Error(`ended with ${code}: ${this.printed}`)))
      this.child.stderr?.on('data', () => {
        if (isReady()) resolve()
      })
      if (isReady()) resolve()
    })
    return this
  }
}

interface ServerProcesses {
  /** Made for each test, deleted after it. */
  readonly folder: string
  /** @param variables environment, such as `STRATAROUTER_SERVER_WORKERS` */
  launch(variables?: Readonly<Record<string, string>>): ServerProcess
  started(variables?: Readonly<Record<string, string>>): Promise<ServerProcess>
  /** What a server that does not start says. */
  refused(variables: Readonly<Record<string, string>>): Promise<{ code: number; text: string }>
}

/** Server processes that a test starts; those left running end with it. */
export function serverProcesses(): ServerProcesses {
  let folder: string
  let servers: ServerProcess[]
  beforeEach(() => {
    folder = makeFolder()
    servers = []
  })
  afterEach(async () => {
    for (const server of servers) {
      if (server.hasEnded) continue
      server.child.kill('SIGKILL')
      await once(server.child, 'exit')
    }
    rmSync(folder, { recursive: true, maxRetries: 10 })
  })
  const launch = (variables: Readonly<Record<string, string>> = {}) => {
    const child = spawn(process.execPath, [script], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        STRATAROUTER_SERVER_PORT: '0',
        STRATAROUTER_LOG_LEVEL: 'warn',
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const server = new ServerProcess(child)
    servers.push(server)
    return server
  }
  return {
    get folder() {
      return folder
    },
    launch,
    started: (variables) => launch(variables).untilReady(),
    async refused(variables) {
      const server = launch(variables)
      const [code] = (await once(server.child, 'close')) as [number]
      return { code, text: server.printed }
    },
  }
}

/** A JSON call on a connection of its own, as `fetch` keeps connections and so comes to the same worker again. */
export async function send(url: string, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(url + path, {
    method,
    headers: { connection: 'close', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

/** Opens a request whose body is not finished yet. */
export async function unfinishedRequest(url: string, body: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(
    `POST /v1/route HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  )
  // An answer to a later request on another connection shows that the first has arrived.
  await fetch(`${url}/health`)
  return socket
}

export async function everything(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (data) => {
    text += data
  })
  socket.on('error', () => undefined)
  await once(socket, 'close')
  return text
}
