// Finds and runs the commands of the guides. A block fenced with ```console holds one command after "$ " and its real
// output; a block whose fence names a file after the language, such as ```yaml routes.yaml, is written before what follows.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** A server that is started without a file for all that it prints would never let go of the command. */
const LONGEST_COMMAND_MS = 120_000
const FENCED = /^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm

export interface GuideRun {
  readonly command: string
  readonly exitCode: number | null
  readonly output: string
  /** What the guide shows below the command. */
  readonly shown: string
}

export const guideFolder = join(root, 'docs', 'guides')

export function guideNames(): string[] {
  return readdirSync(guideFolder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
}

export function readGuide(name: string): string {
  return readFileSync(join(guideFolder, name), 'utf8')
}

/** Runs all commands of a guide in order, in a new folder with a copy of `examples/`, as the reader would. */
export function runGuide(text: string): GuideRun[] {
  const folder = mkdtempSync(join(tmpdir(), 'stratarouter-guide-'))
  try {
    cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true })
    const programs = join(folder, '.bin')
    mkdirSync(programs)
    const program = join(programs, 'stratarouter')
    writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'src/cli/main.ts')}" "$@"\n`)
    chmodSync(program, 0o755)
    const port = freePort()
    const env = {
      PATH: `${programs}:${process.env.PATH}`,
      HOME: folder,
      COLUMNS: '96',
      PORT: port,
      URL: `http://127.0.0.1:${port}`,
    }
    const runs: GuideRun[] = []
    for (const [, language, file, body = ''] of text.matchAll(FENCED)) {
      if (file !== undefined) writeFileSync(join(folder, file), body)
      if (language !== 'console') continue
      const { command, shown } = parsed(body)
      const { status, stdout } = spawnSync('sh', ['-c', `{ ${command}\n} 2>&1`], {
        cwd: folder,
        env,
        encoding: 'utf8',
        timeout: LONGEST_COMMAND_MS,
      })
      runs.push({ command, exitCode: status, output: stdout, shown })
    }
    return runs
  } finally {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.pid')))
      endServer(join(folder, name))
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  }
}

/** A port that is free now, for a guide that starts a server: it knows it as `$PORT`, and the server as `$URL`. */
function freePort(): string {
  const program =
    "const server = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(server.address().port); server.close() })"
  return spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' }).stdout.trim()
}

/** Ends what a guide has started and not ended, as when a command before the last has failed. */
function endServer(pidFile: string): void {
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')
  } catch (error) {
    // It has ended as it should.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The guide with the output of each command as it is now. */
export function withOutput(text: string, runs: readonly GuideRun[]): string {
  let index = 0
  return text.replaceAll(FENCED, (block: string, language: string) => {
    if (language !== 'console') return block
    const { command, output } = runs[index++]!
    const shown = output.replaceAll(/[ \t]+$/gm, '').trimEnd()
    return `\`\`\`console\n$ ${command}\n${shown === '' ? '' : `${shown}\n`}\`\`\``
  })
}

/** The command after "$ ", with the lines that a backslash at its end continues, and what is shown below it. */
function parsed(body: string): { command: string; shown: string } {
  const found = /^\$ ((?:.*\\\n)*.*)\n/.exec(body)
  if (!found) throw new Error(`A console block must begin with "$ " and a command, got: ${body.slice(0, 60)}`)
  return { command: found[1]!, shown: body.slice(found[0].length) }
}
