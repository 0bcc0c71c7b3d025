import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { type Random, seededRandom } from '../../src/util/random.ts'
import { type ServerProcess, serverProcesses } from '../integration/server-processes.ts'

/** CI takes the time for the number that is promised. */
const KILLS = process.env.CI ? 100 : 25
const SEED = 20261124
const SET = '/v1/route-sets/default'

/** Two routes that are always written together, so that half a write would show. */
const pair = (edit: number) =>
  ['first', 'second'].map((name) => ({ name, examples: [`the ${name} thing`], metadata: { edit } }))

interface Stored {
  readonly version: number
  readonly routes: readonly { readonly name: string; readonly metadata?: { readonly edit: number } }[]
}

const contentOf = ({ routes }: Pick<Stored, 'routes'>) =>
  routes.map(({ name, metadata }) => `${name} ${metadata?.edit ?? ''}`).join(', ')

const servers = serverProcesses()

async function call<T>(server: ServerProcess, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(server.url + path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = (await response.json()) as T
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`)
  return answer
}

/** What the set was last known to hold, and what it holds if the write under way when the process ended was made. */
interface Expected {
  acknowledged: string
  underWay: string
}

/** Writes one after the other until the process ends. */
async function write(server: ServerProcess, random: Random, expected: Expected, edits: { count: number }) {
  const contents = new Map<number, string>()
  for (;;) {
    const choice = random()
    const edit = ++edits.count
    const next = { routes: pair(edit) as Stored['routes'] }
    const known = [...contents.keys()]
    try {
      if (choice < 0.6 || known.length === 0) {
        expected.underWay = contentOf(next)
        const { version } = await call<Stored>(server, 'PUT', SET, next)
        contents.set(version, expected.underWay)
      } else if (choice < 0.8) {
        // Only those that this process has written and that cannot have been deleted yet.
        const version = known[known.length - 1 - Math.floor(random() * Math.min(known.length, 8))] as number
        expected.underWay = contents.get(version) as string
        const made = await call<Stored>(server, 'POST', `${SET}/rollback`, { version })
        contents.set(made.version, expected.underWay)
      } else {
        const added = { name: `extra-${edit}`, examples: [`extra ${edit}`], metadata: { edit } }
        expected.underWay = `${expected.acknowledged}, ${contentOf({ routes: [added] })}`
        const { version } = await call<Stored>(server, 'POST', '/v1/routes', added)
        contents.set(version, expected.underWay)
      }
      expected.acknowledged = expected.underWay
    } catch (error) {
      if (error instanceof TypeError) return
      throw error
    }
  }
}

describe('a server that is killed while it writes', () => {
  it(`opens again with the last write that it acknowledged and every version whole, ${KILLS} times`, {
    timeout: KILLS * 10_000,
  }, async () => {
    const random = seededRandom(SEED)
    const edits = { count: 0 }
    const expected: Expected = { acknowledged: '', underWay: '' }
    let server = await servers.started()
    await call(server, 'PUT', SET, { routes: pair(0) })
    expected.acknowledged = contentOf({ routes: pair(0) })
    for (let kill = 0; kill < KILLS; kill++) {
      const writing = write(server, random, expected, edits)
      const end = once(server.child, 'exit')
      setTimeout(() => server.child.kill('SIGKILL'), random() * 150)
      await Promise.all([writing, end])

      server = await servers.started()
      const found = await call<Stored>(server, 'GET', SET)
      expect([expected.acknowledged, expected.underWay]).toContain(contentOf(found))
      expected.acknowledged = contentOf(found)
      expect(await call(server, 'GET', '/health/ready')).toMatchObject({ status: 'ready' })
      const { versions } = await call<{ versions: readonly { version: number; state: string }[] }>(
        server,
        'GET',
        `${SET}/versions`,
      )
      expect(versions.filter(({ state }) => state === 'active')).toEqual([
        expect.objectContaining({ version: found.version }),
      ])
      for (const { version } of versions) {
        const { routes } = await call<Stored>(server, 'GET', `${SET}/versions/${version}`)
        expect(routes[0]?.metadata?.edit).toBe(routes[1]?.metadata?.edit)
      }
    }
    // It was killed among writes, not beside them.
    expect(edits.count).toBeGreaterThan(KILLS)
  })
})
