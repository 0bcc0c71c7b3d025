// What README.md shows of a server: the answers below its curl commands, as the demo server gives them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))
const CURL = /^curl http:\/\/127\.0\.0\.1:8000(\S+) .* -d '(.+)'$/gm
const SHOWN = /^```json\n(.+)\n```$/gm

/** Starts what `npm start` starts, on a free port, and has it asked. */
export async function withDemo<Result>(ask: (url: string) => Promise<Result> | Result): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'stratarouter-readme-'))
  const server = spawn(process.execPath, [main, 'serve', '--demo', '--port', '0'], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const closed = once(server, 'close')
  try {
    return await ask(await urlFrom(server.stderr))
  } finally {
    server.kill('SIGINT')
    await closed
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Sends what each curl command of the README sends, in order. */
export async function askAsShown(readme: string, url: string): Promise<string[]> {
  const answers: string[] = []
  for (const [, path, body = ''] of readme.matchAll(CURL)) {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    answers.push(await answer.text())
  }
  return answers
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

export const shownAnswers = (readme: string): string[] =>
  [...readme.matchAll(SHOWN)].map(([, answer = '']) => answer)

/** The README with these answers, each as it is when only what differs each time is different. */
export function withAnswers(readme: string, answers: readonly string[]): string {
  let index = 0
  return readme.replaceAll(SHOWN, (block: string, shown: string) => {
    const answer = answers[index++] ?? shown
    return withoutChance(shown) === withoutChance(answer) ? block : block.replace(shown, () => answer)
  })
}

/** An answer without what differs each time: its id, when it was made, and how long it took. */
export const withoutChance = (answer: string): string =>
  answer
    .replace(/"id":"\w+"/, '"id":""')
    .replace(/"created":\d+/, '"created":0')
    .replace(/"latencyUs":[\d.]+/, '"latencyUs":0')
