import cluster from 'node:cluster'
import { join } from 'node:path'
import { packageRoot } from '../../app/package-root.ts'
import type { Config } from '../../config/index.ts'
import { StrataError } from '../../errors/index.ts'
import type { Logger } from '../../observability/index.ts'
import { Conditions } from './conditions.ts'
import { FiguresOfAll, workerFigures } from './figures-of-all.ts'
import { findPort } from './find-port.ts'
import type { RouteFileContent, ToSupervisor, ToWorker } from './messages.ts'
import { RestartDelays } from './restart-delays.ts'
import { SharedRouteFile } from './shared-route-file.ts'
import { Worker, type WorkerEnd } from './worker.ts'

const program = import.meta.url.endsWith('.ts')
  ? join(packageRoot, 'src', 'server', 'workers', 'worker-process.ts')
  : join(packageRoot, 'dist', 'server', 'workers', 'worker-process.js')

/** So many may die in a row before one serves, while none serves. */
const MOST_DEATHS = 5
/** What a worker counts is known at most this late, should it be killed. */
const ASK_EVERY_MS = 5000
/** Beyond what draining and finishing may take, before a worker is killed. */
const STOP_GRACE_MS = 10_000
/** The longest drain where none is configured. */
const USUAL_DRAIN_MS = 5000

interface SupervisorOptions {
  /** Of each worker. */
  readonly config: Config
  /** Number of workers. */
  readonly count: number
  readonly demo: boolean
  readonly logger: Logger
}

/** Starts the processes that serve, keeps their number, and carries word between them. */
export class Supervisor {
  /** Rejects when no worker serves any more and none comes up. */
  readonly failed: Promise<never>
  readonly #options: SupervisorOptions
  readonly #figures: FiguresOfAll
  readonly #routeFile: SharedRouteFile | undefined
  /** By number. */
  readonly #workers = new Map<number, Worker>()
  readonly #delays = new Map<number, RestartDelays>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #conditions = new Conditions()
  /** Whether a worker refused the content of the route file that it was to fit, by its id. */
  readonly #taken = new Map<number, boolean>()
  /** Who fitted the route file last. */
  #fitter: Worker | undefined
  #asking: NodeJS.Timeout | undefined
  #url = ''
  #port = 0
  #refusal: StrataError | undefined
  #hasStarted = false
  #isStopping = false
  #deathsInARow = 0
  #restarts = 0
  #fail: (reason: StrataError) => void = () => {}

  /** @throws StrataError `file_not_found` for the route file */
  constructor(options: SupervisorOptions) {
    this.#options = options
    this.failed = new Promise((_, reject) => {
      this.#fail = reject
    })
    this.#figures = new FiguresOfAll(
      () => [...this.#workers.values()].filter(({ phase }) => phase === 'prepared' || phase === 'serving'),
      () => workerFigures(this.#serving().length, this.#restarts),
    )
    const { file } = options.config.routes
    this.#routeFile =
      file === undefined
        ? undefined
        : new SharedRouteFile(
            file,
            {
              fitFirst: (content) => this.#fitFirst(content),
              tellOthers: (content) => this.#tellOthers(content),
            },
            options.logger,
          )
    cluster.setupPrimary({
      exec: program,
      args: [],
      // Node 22 warns at every use of its SQLite, which tells a user nothing that they could act on.
      execArgv: [...process.execArgv, '--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
    })
  }

  /**
   * Prepares the first worker, which fits what is not cached; then the others, which load that; then all listen.
   * @returns where the server is
   * @throws StrataError why a worker cannot start; no worker is left then
   */
  async start(): Promise<string> {
    try {
      await this.#startTogether([1])
      await this.#startTogether(Array.from({ length: this.#options.count - 1 }, (_, index) => index + 2))
      const { host, port } = this.#options.config.server
      this.#port = await findPort(host, port)
      for (const worker of this.#workers.values()) worker.send({ kind: 'listen', port: this.#port })
      await this.#until(() => [...this.#workers.values()].every(({ phase }) => phase === 'serving'))
    } catch (error) {
      this.#isStopping = true
      this.#routeFile?.close()
      const ends = [...this.#workers.values()].map((worker) => {
        worker.kill()
        return worker.ended
      })
      await Promise.all(ends)
      throw error
    }
    this.#hasStarted = true
    this.#asking = setInterval(() => void this.#figures.ask(), ASK_EVERY_MS)
    return this.#url
  }

  /** Has all workers drain and end; kills those that do not. */
  async stop({ hurry }: { hurry: boolean }): Promise<void> {
    this.#isStopping = true
    this.#routeFile?.close()
    clearInterval(this.#asking)
    for (const timer of this.#timers) clearTimeout(timer)
    const { shutdown } = this.#options.config
    const wasAsked = this.#figures.wasAskedWhetherReady
    const allowedMs =
      (hurry ? 0 : (shutdown.drainDelayMs ?? USUAL_DRAIN_MS)) + shutdown.timeoutMs + STOP_GRACE_MS
    const ends = [...this.#workers.values()].map((worker) => {
      worker.send({ kind: 'stop', hurry, wasAsked })
      return worker.ended
    })
    const kill = setTimeout(() => {
      for (const worker of this.#workers.values()) {
        if (worker.phase === 'ended') continue
        this.#options.logger.error({ worker: worker.number }, 'a worker did not stop in time and is killed')
        worker.kill()
      }
    }, allowedMs)
    await Promise.all(ends)
    clearTimeout(kill)
  }

  async #startTogether(numbers: readonly number[]): Promise<void> {
    for (const number of numbers) this.#launch(number)
    await this.#until(() => numbers.every((number) => this.#workers.get(number)?.phase === 'prepared'))
  }

  #launch(number: number): void {
    const worker = new Worker(number, (from, message) => this.#heard(from, message))
    this.#workers.set(number, worker)
    void worker.ended.then((end) => {
      this.#figures.end(worker.id)
      this.#ended(worker, end)
      this.#conditions.look()
    })
  }

  #ended(worker: Worker, { code, signal, error }: WorkerEnd): void {
    if (this.#isStopping) return
    const { number } = worker
    const how = error ? `with ${error.message}` : signal === null ? `with code ${code}` : `by ${signal}`
    if (!this.#hasStarted) {
      this.#refusal ??= new StrataError(
        'internal',
        `Worker ${number} ended ${how} before it was ready, so the server does not start; what it wrote above says why. --workers 1 starts without workers.`,
      )
      return
    }
    const servedMs = worker.servingSinceMs === 0 ? 0 : performance.now() - worker.servingSinceMs
    this.#deathsInARow = servedMs === 0 ? this.#deathsInARow + 1 : 0
    if (this.#serving().length === 0 && this.#deathsInARow >= MOST_DEATHS) {
      this.#fail(
        new StrataError(
          'internal',
          `No worker serves, and the last ${MOST_DEATHS} ended before they were ready, the latest ${how}; the log says why.`,
        ),
      )
      return
    }
    const delays = this.#delays.get(number) ?? new RestartDelays()
    this.#delays.set(number, delays)
    const delayMs = delays.next(servedMs)
    this.#options.logger.error(
      { worker: number, pid: worker.pid, code, signal, err: error, delayMs },
      'a worker has ended; another takes its place',
    )
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#restarts++
      this.#launch(number)
    }, delayMs)
    this.#timers.add(timer)
  }

  #heard(worker: Worker, message: ToSupervisor): void {
    switch (message.kind) {
      case 'up': {
        const { config, demo } = this.#options
        const routeFile = this.#routeFile?.content
        worker.send({
          kind: 'start',
          number: worker.number,
          config,
          demo,
          ...(routeFile ? { routeFile } : {}),
        })
        break
      }
      case 'prepared':
        worker.phase = 'prepared'
        if (this.#hasStarted) {
          worker.send({ kind: 'listen', port: this.#port })
          // The one in whose place it is may have died before it told of a change.
          this.#toOthers(worker, { kind: 'adoptAll', sets: message.sets })
        }
        break
      case 'listening':
        worker.phase = 'serving'
        worker.servingSinceMs = performance.now()
        this.#url = message.url
        if (this.#hasStarted)
          this.#options.logger.info({ worker: worker.number, pid: worker.pid }, 'a worker serves')
        break
      case 'refused': {
        const { code, message: text, details } = message
        if (this.#hasStarted) this.#options.logger.error({ worker: worker.number, code, details }, text)
        else this.#refusal ??= new StrataError(code, text, { details })
        break
      }
      case 'changed':
        this.#toOthers(worker, { kind: 'adopt', sets: [message.set] })
        break
      case 'routeFileTaken':
        this.#taken.set(worker.id, message.isRefused)
        break
      case 'figures':
        this.#figures.take(worker, message.request, message.families)
        break
      case 'gather':
        void this.#figures
          .render()
          .then((text) => worker.send({ kind: 'metrics', request: message.request, text }))
        break
    }
    this.#conditions.look()
  }

  #serving(): Worker[] {
    return [...this.#workers.values()].filter(({ phase }) => phase === 'serving')
  }

  #toOthers(worker: Worker, message: ToWorker): void {
    for (const other of this.#workers.values()) if (other !== worker) other.send(message)
  }

  /** Tries one worker after the other until one has judged the content. */
  async #fitFirst(content: RouteFileContent): Promise<boolean> {
    for (;;) {
      await this.#until(() => this.#serving().length > 0)
      const worker = this.#serving()[0]
      if (worker === undefined) continue
      this.#taken.delete(worker.id)
      worker.send({ kind: 'routeFile', content, fits: true })
      await this.#until(() => this.#taken.has(worker.id) || worker.phase === 'ended')
      const isRefused = this.#taken.get(worker.id)
      this.#taken.delete(worker.id)
      if (isRefused === undefined) continue
      if (!isRefused) this.#fitter = worker
      return !isRefused
    }
  }

  #tellOthers(content: RouteFileContent): void {
    for (const worker of this.#workers.values()) {
      if (worker !== this.#fitter) worker.send({ kind: 'routeFile', content, fits: false })
    }
  }

  #until(isSo: () => boolean): Promise<void> {
    return this.#conditions.until(isSo, () => (this.#hasStarted ? undefined : this.#refusal))
  }
}
