import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BARS } from '../../benchmarks/quality/bars.ts'
import { runGuide } from '../../scripts/guide-commands.ts'
import { runSnippet, shownOutput } from '../../scripts/run-readme-snippet.ts'
import { readmeFigures, readmeFile, unknownTitles, withFigures } from '../../scripts/write-readme-figures.ts'
import { exampleRoutes, mainFile } from '../e2e/cli-process.ts'

const readme = readFileSync(readmeFile, 'utf8')

describe('README.md', () => {
  it('is no longer than a newcomer reads', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(200)
  })

  it('has commands that succeed and decide as shown', () => {
    const runs = runGuide(readme)
    expect(runs.map(({ command }) => command.split(' ')[1])).toEqual(['init', 'lint', 'route', 'fit', 'eval'])
    for (const { command, exitCode, output, shown } of runs) {
      expect(exitCode, `${command}\n${output}`).toBe(0)
      expect(decisionsIn(output), command).toEqual(decisionsIn(shown))
    }
  })

  it('has a library snippet that decides as shown', () => {
    const printed = runSnippet(readme)
    expect(withoutConfidence(printed)).toEqual(withoutConfidence(shownOutput(readme)))
    expect(printed).toContain('no match')
  })

  it('has figures as measured (node scripts/write-readme-figures.ts writes them)', () => {
    expect(withFigures(readme, readmeFigures())).toBe(readme)
    expect(unknownTitles(BARS.map(({ title }) => title))).toEqual([])
  })
})

describe('the server of README.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stratarouter-readme-'))
  const servers: ReturnType<typeof spawn>[] = []
  beforeAll(() => copyFileSync(exampleRoutes, join(folder, 'routes.yaml')))
  afterAll(async () => {
    await Promise.all(
      servers.map((server) => {
        server.kill('SIGINT')
        return new Promise((resolve) => server.once('close', resolve))
      }),
    )
    rmSync(folder, { recursive: true, force: true })
  })

  it('answers the curl command with the decision shown', async () => {
    const words = /^stratarouter (serve .+)$/m.exec(readme)![1]!.split(' ')
    const server = spawn(process.execPath, [mainFile, ...words, '--port', '0'], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', HOME: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    servers.push(server)
    const url = await urlFrom(server)
    const [, path, body] = /^curl http:\/\/127\.0\.0\.1:8000(\S+) .* -d '(.+)'$/m.exec(readme)!
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body!,
    })
    const decision: unknown = await answer.json()
    const shown = JSON.parse(/^```json\n(.+)\n```$/m.exec(readme)![1]!) as { route: string; reason: string }
    expect(decision).toMatchObject({ route: shown.route, reason: shown.reason })
    expect(Object.keys(decision as object)).toEqual(Object.keys(shown))
  })
})

const decisionsIn = (text: string): string[] =>
  [...text.matchAll(/^ {2}→ (\S+(?: match)?)/gm)].map((match) => match[1]!)

const withoutConfidence = (text: string): string => text.replaceAll(/\(\d\.\d+\)/g, '')

/** The address in the line that greets people. */
async function urlFrom(server: ReturnType<typeof spawn>): Promise<string> {
  const seen: string[] = []
  for await (const line of createInterface({ input: server.stderr! })) {
    seen.push(line)
    const url = /is at (http:\S+)/.exec(line)?.[1]
    if (url) return url
  }
  throw new Error(`The server ended without saying where it is:\n${seen.join('\n')}`)
}
