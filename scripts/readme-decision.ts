// The decision that README.md shows below its curl command, as the demo server answers it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))
const CURL = /^curl http:\/\/127\.0\.0\.1:8000(\S+) .* -d '(.+)'$/m
const SHOWN = /^```json\n(.+)\n```$/m

/** Starts what `npm start` starts, on a free port, and sends what the curl command of the README sends. */
export async function askDemo(readme: string): Promise<string> {
  const [, path, body] = CURL.exec(readme) ?? []
  if (path === undefined || body === undefined) throw new Error('README.md has no curl command to try.')
  const folder = mkdtempSync(join(tmpdir(), 'stratarouter-readme-'))
  const server = spawn(process.execPath, [main, 'serve', '--demo', '--port', '0'], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const closed = once(server, 'close')
  try {
    const answer = await fetch(`${await urlFrom(server.stderr)}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    return await answer.text()
  } finally {
    server.kill('SIGINT')
    await closed
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The address in the line that greets people. */
async function urlFrom(stderr: NodeJS.ReadableStream): Promise<string> {
  const seen: string[] = []
  for await (const line of createInterface({ input: stderr })) {
    seen.push(line)
    const url = /is at (http:\S+)/.exec(line)?.[1]
    if (url) return url
  }
  throw new Error(`The server ended without saying where it is:\n${seen.join('\n')}`)
}

export function shownDecision(readme: string): string {
  const shown = SHOWN.exec(readme)?.[1]
  if (shown === undefined) throw new Error('README.md shows no decision.')
  return shown
}

/** The README with this decision, or as it is when only what differs each time is different. */
export function withDecision(readme: string, decision: string): string {
  const shown = shownDecision(readme)
  return withoutChance(shown) === withoutChance(decision) ? readme : readme.replace(shown, () => decision)
}

/** A decision without what differs each time: its id, and how long it took. */
export const withoutChance = (decision: string): string =>
  decision.replace(/"id":"\w+"/, '"id":""').replace(/"latencyUs":[\d.]+/, '"latencyUs":0')
