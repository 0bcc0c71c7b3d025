import { execFile } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const VENV = pathOf('./.venv')
const REQUIREMENTS = pathOf('./requirements.txt')
const STAMP = pathOf('./.venv/installed')
const INSTALL_TIMEOUT_MS = 300_000

/** The program, or what is missing to install it and how to get that. */
export type Prepared = { readonly program: string } | { readonly missing: string }

/** Installs schemathesis into a folder that git ignores, unless it is there; half a minute then. */
export async function preparePython(): Promise<Prepared> {
  const wanted = readFileSync(REQUIREMENTS, 'utf8')
  const program = pathOf('./.venv/bin/schemathesis')
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return { program }
  rmSync(VENV, { recursive: true, force: true })
  try {
    await run('python3', ['-m', 'venv', VENV])
  } catch {
    return { missing: 'python3 with venv is not installed; apt-get install python3-venv' }
  }
  try {
    const words = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', REQUIREMENTS]
    await run(pathOf('./.venv/bin/python'), words, { timeout: INSTALL_TIMEOUT_MS })
  } catch (error) {
    const reason = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? String(error)
    return { missing: `schemathesis could not be installed from the Python registry (${reason})` }
  }
  writeFileSync(STAMP, wanted)
  return { program }
}
