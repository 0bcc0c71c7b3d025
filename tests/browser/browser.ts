import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The command of an installed Chromium, if there is one. */
export const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
)

type Parameters = Readonly<Record<string, unknown>>
/** A message of the DevTools protocol. */
interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Parameters
  readonly sessionId?: string
  readonly result?: Parameters
  readonly error?: { readonly message: string }
}

/** A headless Chromium with a profile of its own, driven through the DevTools protocol. */
export class Browser {
  readonly #process: ChildProcess
  readonly #profile: string
  readonly #socket: WebSocket
  readonly #asked = new Map<number, PromiseWithResolvers<Parameters>>()
  readonly #listeners = new Set<(message: Message) => void>()
  #lastId = 0

  private constructor(child: ChildProcess, profile: string, socket: WebSocket) {
    this.#process = child
    this.#profile = profile
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(String(data)) as Message))
  }

  static async launch(command: string): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'stratarouter-chromium-'))
    const child = spawn(
      command,
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-dev-shm-usage',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        `--user-data-dir=${profile}`,
        '--remote-debugging-port=0',
        'about:blank',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const socket = new WebSocket(await debuggingAddress(child))
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true })
      socket.addEventListener('error', reject, { once: true })
    })
    return new Browser(child, profile, socket)
  }

  /** A command of the protocol; rejects with what the browser says. */
  send(method: string, params: Parameters = {}, sessionId?: string): Promise<Parameters> {
    const id = ++this.#lastId
    const asked = Promise.withResolvers<Parameters>()
    this.#asked.set(id, asked)
    this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) }))
    return asked.promise
  }

  /** Calls back at each event of a session. */
  onEvent(sessionId: string, listener: (method: string, params: Parameters) => void): void {
    this.#listeners.add(({ method, params, sessionId: from }) => {
      if (from === sessionId && method !== undefined) listener(method, params ?? {})
    })
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('close', resolve))
    this.#socket.close()
    this.#process.kill('SIGKILL')
    await ended
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }

  #receive(message: Message): void {
    if (message.id === undefined) {
      for (const listener of this.#listeners) listener(message)
      return
    }
    const asked = this.#asked.get(message.id)
    this.#asked.delete(message.id)
    if (message.error) asked?.reject(new Error(message.error.message))
    else asked?.resolve(message.result ?? {})
  }
}

/** What the browser writes about itself when it is ready to be driven. */
function debuggingAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let complaints = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      complaints = `${complaints}${chunk}`.slice(-4000)
      const address = /DevTools listening on (ws:\/\/\S+)/.exec(complaints)?.[1]
      if (address) resolve(address)
    })
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(`the browser ended with code ${code}: ${complaints}`)))
  })
}
