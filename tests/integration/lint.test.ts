import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../src/app/index.ts'
import { RouteSetLinter } from '../../src/app/route-set-linter.ts'
import { lintRoutes } from '../../src/core/lint-routes.ts'
import { lintReportSchema } from '../../src/server/wire/lint.ts'
import { expectError } from './expect-error.ts'
import { billing, type Serving, serve, support } from './serving.ts'

let serving: Serving
beforeAll(async () => {
  serving = await serve()
})
afterAll(() => serving.end())

const SUBJECTS = ['invoice', 'parcel', 'password', 'contract', 'keyboard', 'subscription', 'battery']
const STARTS = ['where is my', 'please cancel my', 'I have lost the', 'how do I change a', 'who sends me the']

/** A set of seven routes whose examples differ by a number. */
const manyExamples = (perRoute: number) => ({
  routes: SUBJECTS.map((subject) => ({
    name: subject,
    examples: Array.from(
      { length: perRoute },
      (_, index) => `${STARTS[index % STARTS.length]} ${subject} number ${index}`,
    ),
  })),
})

describe('linting over HTTP', () => {
  it('answers what the command line prints with --json', async () => {
    const routes = [
      billing,
      { ...support, threshold: 1 },
      { name: 'thin', examples: ['where is my invoice?'] },
    ]
    await serving.call('PUT', '/v1/route-sets/default', { routes })
    const { status, json, headers } = await serving.call('GET', '/v1/lint')
    expect(status).toBe(200)
    expect(lintReportSchema.parse(json)).toEqual(json)
    const { routeSet } = serving.app.routes.get('default')
    expect(json).toEqual(JSON.parse(JSON.stringify(lintRoutes(routeSet, serving.app.router()))))
    expect(json.problems.map(({ kind }: { kind: string }) => kind)).toEqual(
      expect.arrayContaining(['unreachable-threshold', 'few-examples', 'shared-example']),
    )
    expect(json.problems[0].severity).toBe('error')
    expect(headers.get('etag')).toBe('"1"')
  })

  it('answers for any set, anew after an edit, and refuses a set that does not exist', async () => {
    await serving.call('PUT', '/v1/route-sets/other', { routes: [{ name: 'thin', examples: ['hello'] }] })
    const before = await serving.call('GET', '/v1/route-sets/other/lint')
    expect(before.json.problems.map(({ kind }: { kind: string }) => kind)).toEqual(['few-examples'])
    await serving.call('PUT', '/v1/route-sets/other/routes/thin', { examples: billing.examples })
    const after = await serving.call('GET', '/v1/route-sets/other/lint')
    expect(after.json).toEqual({ problems: [] })
    expectError(await serving.call('GET', '/v1/route-sets/othr/lint'), 404, 'route_set_not_found')
  })

  it('says so of a set without routes', async () => {
    await serving.call('PUT', '/v1/route-sets/empty', { routes: [] })
    const { json } = await serving.call('GET', '/v1/route-sets/empty/lint')
    expect(json.problems).toMatchObject([{ kind: 'no-routes', severity: 'error' }])
  })

  it('lints a large set in another process, with the same outcome', async () => {
    await serving.call('PUT', '/v1/route-sets/large', manyExamples(60))
    await serving.app.idle()
    const { json } = await serving.call('GET', '/v1/route-sets/large/lint')
    const router = serving.app.router('large')
    expect(json.problems).toEqual(JSON.parse(JSON.stringify(lintRoutes(router.routeSet, router).problems)))
  })
})

describe('the linter of large sets', () => {
  let app: App
  beforeAll(async () => {
    await serving.call('PUT', '/v1/route-sets/large', manyExamples(60))
    await serving.app.idle()
    app = serving.app
  })

  it('asks once for a set that serves unchanged, and again after a failure', async () => {
    let asked = 0
    const linter = new RouteSetLinter(async () => {
      asked++
      if (asked === 1) throw new Error('the process could not be started')
      return []
    })
    await expect(linter.lint(app.router('large'))).rejects.toThrow('could not be started')
    await linter.lint(app.router('large'))
    await linter.lint(app.router('large'))
    expect(asked).toBe(2)
  })

  it('says that the server is stopping when it is closed meanwhile', async () => {
    const linter = new RouteSetLinter(
      (_snapshot, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('killed'))),
        ),
    )
    const found = linter.lint(app.router('large'))
    const refused = expect(found).rejects.toMatchObject({ code: 'shutting_down' })
    await linter.close()
    await refused
  })
})
