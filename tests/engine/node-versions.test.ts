import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Decided, Work } from './decide-all.mjs'
import { portableWork } from './portable-work.ts'

const program = fileURLToPath(new URL('print-decisions.mjs', import.meta.url))

function decideWith(node: string, work: Work): Decided & { readonly node: string } {
  const result = spawnSync(node, [program], { input: JSON.stringify(work), encoding: 'utf8', maxBuffer: 1e8 })
  if (result.error) throw result.error
  if (result.status !== 0) throw new Error(`Is the package built (npm run build)? ${result.stderr}`)
  return JSON.parse(result.stdout)
}

/** A Node 22: the one named by NODE_22_BIN, or the machine's own. */
function findNode22(): string | undefined {
  const named = process.env.NODE_22_BIN
  if (named) return named
  const version = spawnSync('node', ['--version'], { encoding: 'utf8' }).stdout ?? ''
  return version.startsWith('v22.') ? 'node' : undefined
}

describe('the built package', () => {
  it('decides the same on Node 22 as on Node 24, from the fit to the last bit of every explanation', (context) => {
    const node22 = findNode22()
    if (node22 === undefined) {
      context.skip(
        'no Node 22 here: npm install --no-save --prefix .node-22 node@22 && export NODE_22_BIN=$PWD/.node-22/node_modules/node/bin/node',
      )
      return
    }
    const work = portableWork(500)
    const [old, current] = [decideWith(node22, work), decideWith(process.execPath, work)]
    expect(old.node).toMatch(/^v22\./)
    expect(current.node).toBe(process.version)
    expect(current.node).not.toMatch(/^v22\./)
    expect(old.snapshot).toBe(current.snapshot)
    expect(current.decisions).toHaveLength(500)
    expect(old.decisions).toStrictEqual(current.decisions)
  })
})
