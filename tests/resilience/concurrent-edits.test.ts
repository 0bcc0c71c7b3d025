import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/util/random.ts'
import type { Answer, Serving } from '../integration/serving.ts'
import { servingsOfEachTest } from '../integration/serving-lifetimes.ts'

const { start } = servingsOfEachTest()

const SEED = 4711
const OPERATIONS = 1000
const SET = '/v1/route-sets/default'
const SUBJECTS = ['invoice', 'password', 'garden', 'airport', 'recipe', 'window', 'violin', 'contract']

/** More texts than are fitted in passing, so that there are provisional fits and refits too. */
const subjects = SUBJECTS.map((subject) => ({
  name: subject,
  examples: Array.from({ length: 14 }, (_, index) => `something about my ${subject}, number ${index}`),
}))

/** Two routes that are always written together, so that half a write would show. */
const pair = (edit: number) =>
  ['first', 'second'].map((name) => ({ name, examples: [`the ${name} thing`], metadata: { edit } }))

const wholeSet = (edit: number) => ({ routes: [...subjects, ...pair(edit)] })

const editsOf = (set: { routes: { name: string; metadata?: { edit: number } }[] }) =>
  set.routes.filter(({ name }) => name === 'first' || name === 'second').map(({ metadata }) => metadata?.edit)

/** Every snapshot that has served, with its version, as the app tells of them. */
function snapshotsOf({ app }: Serving): Map<string, number> {
  const snapshots = new Map([[app.router().snapshot, app.routes.get('default').version]])
  app.routes.onChange(({ name, version }) => snapshots.set(app.router(name).snapshot, version))
  return snapshots
}

async function startServing(): Promise<Serving> {
  const serving = await start({ flags: { 'limits.inFlight': 5000, 'limits.eventLoopDelayMs': 600_000 } })
  await serving.call('PUT', SET, wholeSet(0))
  return serving
}

describe('a thousand edits, reads and decisions at once', () => {
  it('show no half-made set, and no snapshot but those of versions that there were', async () => {
    const serving = await startServing()
    const snapshots = snapshotsOf(serving)
    const random = seededRandom(SEED)
    const read = async () => {
      const [one, two] = editsOf((await serving.call('GET', SET)).json)
      expect(one).toBe(two)
    }
    const decide = async () => {
      const text = SUBJECTS[Math.floor(random() * SUBJECTS.length)]
      const { status, json } = await serving.call('POST', '/v1/route', { text, threshold: 0 })
      expect(status).toBe(200)
      return json.snapshot as string
    }
    const edit = (index: number): Promise<Answer> => {
      if (index % 2 === 0) return serving.call('PUT', SET, wholeSet(index))
      const route = { name: `extra-${index}`, examples: [`extra thing ${index}`] }
      return serving.call('POST', '/v1/routes', route)
    }
    const decided = new Set<string>()
    const versions: number[] = []
    await Promise.all(
      Array.from({ length: OPERATIONS }, async (_, index) => {
        const choice = random()
        if (choice < 0.25) versions.push((await edit(index)).json.version)
        else if (choice < 0.5) await read()
        else decided.add(await decide())
      }),
    )
    await serving.app.idle()
    expect([...decided].filter((snapshot) => !snapshots.has(snapshot))).toEqual([])
    expect(decided.size).toBeGreaterThan(1)
    // Every edit made a version of its own.
    expect(versions.sort((a, b) => a - b)).toEqual(versions.map((_, index) => index + 2))
    expect((await serving.call('GET', SET)).json).toMatchObject({
      version: versions.length + 1,
      provisional: false,
    })
  })

  it('lose no update of those that say which version they mean', async () => {
    const serving = await startServing()
    const count = async () => {
      for (;;) {
        const { json, headers } = await serving.call('GET', '/v1/routes/first')
        const next = { ...json, metadata: { edit: json.metadata.edit + 1 } }
        const answer = await serving.call('PUT', '/v1/routes/first', next, {
          'if-match': headers.get('etag') as string,
        })
        if (answer.status === 200) return
        expect(answer.json.error.code).toBe('version_conflict')
      }
    }
    await Promise.all(Array.from({ length: 12 }, count))
    expect((await serving.call('GET', '/v1/routes/first')).json.metadata.edit).toBe(12)
  })

  it('leave a rollback exact', async () => {
    const serving = await startServing()
    const texts = SUBJECTS.map((subject) => `what about my ${subject}?`)
    const decideAll = async () =>
      (await serving.call('POST', '/v1/route/batch', { texts })).json.decisions.map(
        ({ id, latencyUs, ...decision }: Record<string, unknown>) => decision,
      )
    const before = await decideAll()
    const edits = Array.from({ length: 10 }, (_, index) => serving.call('PUT', SET, wholeSet(index + 1)))
    const rollback = serving.call('POST', `${SET}/rollback`, { version: 1 })
    await Promise.all([...edits, rollback])
    // What was asked for after it may have come before it: go back to what it made.
    const { version } = (await rollback).json
    await serving.call('POST', `${SET}/rollback`, { version })
    expect(await decideAll()).toEqual(before)
  })
})
