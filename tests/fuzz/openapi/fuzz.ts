import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const serveProcess = fileURLToPath(new URL('../../integration/serve-process.ts', import.meta.url))
const settings = fileURLToPath(new URL('./schemathesis.toml', import.meta.url))
/** An answer that takes longer counts as none. */
const ANSWER_TIMEOUT_SECONDS = 20
const START_TIMEOUT_MS = 60_000
const CASES_EACH = 100_000
/** How much longer than asked for the run may take before it is ended. */
const GRACE_SECONDS = 120

export interface Fuzzed {
  readonly output: string
  /** What is not as documented; empty when all is well. */
  readonly problems: readonly string[]
}

/** Fuzzes a server that is started for it on a free port of this machine and ends with it. */
export async function fuzzOpenApi(
  program: string,
  { seconds, seed }: { seconds: number; seed: number },
): Promise<Fuzzed> {
  const folder = mkdtempSync(join(tmpdir(), 'stratarouter-fuzz-'))
  const server = await startServer(folder, seconds + 2 * GRACE_SECONDS)
  try {
    for (const set of ['default', 'other']) await putRoutes(`${server.url}/v1/route-sets/${set}`)
    const { output, code } = await schemathesis(program, server.url, folder, seconds, seed)
    const problems = code === 0 ? [] : ['Not every answer is as the OpenAPI document says; see above.']
    problems.push(
      ...server.errors.slice(0, 20).map((line) => `The server logged an error: ${line.slice(0, 2000)}`),
    )
    const answer = await fetch(`${server.url}/v1/route`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"text":"where is my refund?"}',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_SECONDS * 1000),
    }).catch((error: Error) => error)
    if (answer instanceof Error || answer.status !== 200)
      problems.push('The server no longer decides afterwards.')
    return { output, problems }
  } finally {
    server.child.kill('SIGKILL')
    if (server.child.exitCode === null) await once(server.child, 'close')
    rmSync(folder, { recursive: true, force: true })
  }
}

interface FuzzedServer {
  readonly child: ChildProcess
  readonly url: string
  /** Lines that it logged as errors. */
  readonly errors: string[]
}

/** Small limits, so that they are reached. */
async function startServer(folder: string, mostSeconds: number): Promise<FuzzedServer> {
  const child = spawn(process.execPath, [serveProcess], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      STRATAROUTER_SERVER_PORT: '0',
      STRATAROUTER_DATA_DIR: folder,
      STRATAROUTER_LOG_LEVEL: 'info',
      STRATAROUTER_DECISIONS_RECORD_SAMPLE_RATE: '1',
      // Keys are made too, and would be asked for from then on.
      STRATAROUTER_AUTH_MODE: 'none',
      STRATAROUTER_PROVIDERS: '{"canned":{"type":"static","text":"{{route}}: {{text}}"}}',
      STRATAROUTER_MODELS:
        '{"canned":{"provider":"canned","fallbacks":["other"]},"other":{"provider":"canned"}}',
      STRATAROUTER_DEFAULT_MODEL: 'canned',
      STRATAROUTER_LIMITS_ROUTE_SETS: '20',
      STRATAROUTER_LIMITS_ROUTES_PER_SET: '30',
    },
    stdio: ['ignore', 'pipe', 'ignore'],
    // Whatever becomes of whoever started it.
    timeout: mostSeconds * 1000,
    killSignal: 'SIGKILL',
  })
  const errors: string[] = []
  const lines = createInterface({ input: child.stdout })
  const started = new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const ready = /^\{"level":"info".*"url":"(http:[^"]+)"/.exec(line)?.[1]
      if (ready !== undefined) resolve(ready)
      else if (/^\{"level":"(error|fatal)"/.test(line)) errors.push(line)
    })
    child.on('error', reject)
    child.on('close', () => reject(new Error('the server to be fuzzed ended before it was ready')))
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS)
  const url = await started
  clearTimeout(timer)
  return { child, url, errors }
}

async function putRoutes(url: string): Promise<void> {
  const routes = [
    { name: 'billing', examples: ['where is my refund?', 'I was charged twice', 'send me the invoice'] },
    { name: 'support', examples: ['the app crashes', 'I cannot log in', 'the page does not load'] },
  ]
  const headers = { 'content-type': 'application/json' }
  const { status } = await fetch(url, { method: 'PUT', headers, body: JSON.stringify({ routes }) })
  if (status >= 300) throw new Error(`the routes to be fuzzed were refused with status ${status}`)
}

async function schemathesis(
  program: string,
  url: string,
  folder: string,
  seconds: number,
  seed: number,
): Promise<{ output: string; code: number | null }> {
  const words = ['--config-file', settings, 'run', `${url}/openapi.json`]
  const much = ['--max-examples', `${CASES_EACH}`, '--max-time', `${seconds}`, '--seed', `${seed}`]
  const how = ['--phases', 'examples,coverage,fuzzing', '--continue-on-failure', '--no-shrink']
  const limits = ['--request-timeout', `${ANSWER_TIMEOUT_SECONDS}`, '--suppress-health-check', 'all']
  const child = spawn(program, [...words, ...much, ...how, ...limits, '--warnings', 'off'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const parts: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => parts.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => parts.push(chunk))
  const timer = setTimeout(() => child.kill('SIGKILL'), (seconds + GRACE_SECONDS) * 1000)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(timer)
  return { output: Buffer.concat(parts).toString(), code }
}
