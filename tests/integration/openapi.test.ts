import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decisionSchema, decisionsSchema } from '../../src/server/wire/decision.ts'
import { errorSchema } from '../../src/server/wire/error.ts'
import { evaluationAnswerSchema } from '../../src/server/wire/evaluation.ts'
import {
  routeListSchema,
  routeSchema,
  routeSetListSchema,
  routeSetSchema,
} from '../../src/server/wire/route-set.ts'
import { billing, type Serving, serve, support } from './serving.ts'

let serving: Serving
beforeAll(async () => {
  // One of the examples makes a key, which would be asked for from then on.
  serving = await serve({ demo: true, flags: { 'auth.mode': 'none' } })
  await serving.call('PUT', '/v1/route-sets/default', {
    routes: [billing, support],
    defaults: { threshold: 0.4 },
  })
})
afterAll(() => serving.end())

/** What is answered, less what the schema does not know. */
const known = (schema: { parse(value: unknown): unknown }, value: unknown) => {
  expect(schema.parse(value)).toEqual(value)
}

describe('the OpenAPI document', () => {
  it('names every path that is served, and none that is not', async () => {
    const { paths } = (await serving.call('GET', '/openapi.json')).json
    for (const [path, operations] of Object.entries<Record<string, unknown>>(paths)) {
      const url = path.replace('{set}', 'default').replace('{name}', 'billing').replace('{id}', 'x')
      const answer = await serving.call('OPTIONS', url)
      const allowed = answer.headers
        .get('allow')
        ?.split(', ')
        .filter((method) => method !== 'HEAD')
      expect(allowed, path).toEqual(Object.keys(operations).map((method) => method.toUpperCase()))
    }
  })

  it('refers only to schemas that it has', async () => {
    const { text, json } = await serving.call('GET', '/openapi.json')
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      (match) => match[1] as string,
    )
    expect(references.length).toBeGreaterThan(10)
    expect(references.filter((name) => !(name in json.components.schemas))).toEqual([])
    expect(text).not.toContain('$defs')
  })

  it('has examples that work', async () => {
    const { paths } = (await serving.call('GET', '/openapi.json')).json
    for (const [path, operations] of Object.entries<
      Record<string, { requestBody?: { content: Record<string, { example?: unknown }> } }>
    >(paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const example = operation.requestBody?.content['application/json']?.example
        if (!operation.requestBody) continue
        expect(example, `${method} ${path}`).toBeDefined()
        const url = path.replace('{set}', 'examples').replace('{name}', 'billing').replace('{version}', '1')
        const routes = path.endsWith('/routes') ? [] : [billing]
        if (path.includes('/{set}/')) await serving.call('PUT', '/v1/route-sets/examples', { routes })
        else if (method === 'post' && path.endsWith('/routes'))
          await serving.call('DELETE', '/v1/routes/billing')
        expect(
          (await serving.call(method.toUpperCase(), url, example)).status,
          `${method} ${path}`,
        ).toBeLessThan(300)
      }
    }
    await serving.call('PUT', '/v1/route-sets/default', {
      routes: [billing, support],
      defaults: { threshold: 0.4 },
    })
  })

  it('describes each field that is answered', async () => {
    const text = 'where is my invoice? and the page shows an error'
    known(decisionSchema, (await serving.call('POST', '/v1/route', { text, explain: true })).json)
    known(
      decisionsSchema,
      (await serving.call('POST', '/v1/route/batch', { texts: [text, ''], explain: true })).json,
    )
    const data = [
      { text, route: 'billing' },
      { text: 'x', route: null },
    ]
    known(evaluationAnswerSchema, (await serving.call('POST', '/v1/eval', { data })).json)
    known(routeSetSchema, (await serving.call('GET', '/v1/route-sets/default')).json)
    known(routeSetListSchema, (await serving.call('GET', '/v1/route-sets')).json)
    known(routeListSchema, (await serving.call('GET', '/v1/routes')).json)
    known(routeSchema, (await serving.call('GET', '/v1/routes/billing')).json)
    known(errorSchema, (await serving.call('POST', '/v1/route', { txet: 1 })).json)
  })
})
