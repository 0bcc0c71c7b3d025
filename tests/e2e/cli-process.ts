import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'

export const mainFile = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
export const exampleRoutes = fileURLToPath(
  new URL('../../examples/support-desk.routes.yaml', import.meta.url),
)
export const exampleData = fileURLToPath(
  new URL('../../examples/support-desk.labelled.jsonl', import.meta.url),
)

export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly errorOut: string
}

/** Runs the real program as a shell would, without colours and settings of the surroundings. */
export function runProgram(
  words: readonly string[],
  options: {
    readonly input?: string
    readonly environment?: Readonly<Record<string, string>>
    readonly cwd?: string
  } = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [mainFile, ...words], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...options.environment },
  })
  let out = ''
  let errorOut = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorOut += text
  })
  child.stdin.on('error', () => {
    // A program that refuses its arguments ends without reading; the outcome tells.
  })
  child.stdin.end(options.input ?? '')
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, errorOut }))
  })
}

/** Objects of JSON Lines output. */
export function jsonLines<Value>(out: string): Value[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Value => JSON.parse(line))
}

/** A folder for the tests of one file, removed after them. */
export function temporaryFolder(): { readonly path: string; file(name: string): string } {
  let path = ''
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'stratarouter-cli-'))
  })
  afterAll(async () => {
    await rm(path, { recursive: true, force: true })
  })
  return {
    get path() {
      return path
    },
    file: (name) => join(path, name),
  }
}
