import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ServerMemory } from './tasks.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CONNECTIONS = 16

/**
 * Resident memory of the server with the set of a route file: started as a checkout starts it, once to fit the set and
 * once more from the cached snapshot.
 * @param requests after so many decisions each
 */
export async function measureServerMemory(
  routeFile: string,
  folder: string,
  texts: readonly string[],
  requests: readonly number[],
): Promise<ServerMemory> {
  const first = await startServer(routeFile, folder)
  const afterFitMb = await residentMb(first.url)
  await stop(first.process)
  const server = await startServer(routeFile, folder)
  const idleMb = await residentMb(server.url)
  const afterRequests: { requests: number; mb: number }[] = []
  let sent = 0
  for (const count of requests) {
    await decide(server.url, texts, sent, count)
    sent = count
    afterRequests.push({ requests: count, mb: await residentMb(server.url) })
  }
  await stop(server.process)
  return { afterFitMb, idleMb, afterRequests }
}

async function startServer(
  routeFile: string,
  folder: string,
): Promise<{ process: ChildProcess; url: string }> {
  const args = ['cli', 'serve', '--routes', routeFile, '--port', '0']
  const started = spawn(process.execPath, [join(ROOT, 'scripts', 'bootstrap.mjs'), ...args], {
    env: { ...process.env, STRATAROUTER_DATA_DIR: join(folder, 'data') },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ready = await new Promise<string>((resolve, reject) => {
    started.once('exit', (code) =>
      reject(new Error(`the server ended with code ${code} before it was ready`)),
    )
    createInterface({ input: started.stdout }).on('line', (line) => {
      const { message, url } = JSON.parse(line) as { message: string; url?: string }
      if (message === 'ready' && url !== undefined) resolve(url)
    })
  })
  return { process: started, url: ready }
}

async function stop(server: ChildProcess): Promise<void> {
  const ended = once(server, 'exit')
  server.kill('SIGINT')
  await ended
}

/** As the server itself reports it, in MB (1,000,000 bytes). */
async function residentMb(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]
  return Math.round(Number(bytes) / 1e5) / 10
}

/** Decides the texts numbered `from` to `to`, all different, over a few connections. */
async function decide(url: string, texts: readonly string[], from: number, to: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  let next = from
  const send = async () => {
    while (next < to) {
      const number = next++
      await post(`${url}/v1/route`, { text: `${texts[number % texts.length]} ${number}` }, agent)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, send))
  agent.destroy()
}

function post(url: string, body: unknown, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } })
    call.on('error', reject)
    call.on('response', (response) => {
      response.resume()
      response.on('end', () => {
        if (response.statusCode === 200) resolve()
        else reject(new Error(`${url} answered ${response.statusCode}`))
      })
    })
    call.end(JSON.stringify(body))
  })
}
