import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { billing, type Serving, support } from './serving.ts'
import { servingsOfEachTest } from './serving-lifetimes.ts'

const { start, restart } = servingsOfEachTest()

const SET = '/v1/route-sets/default'
const SECRET = 'zanzibarquux'

/** Feedback enough for an evaluation, half of it so contradictory that the evaluation quotes what it got wrong. */
async function startFitted(settings: Record<string, number> = {}): Promise<Serving> {
  const serving = await start({ flags: settings })
  await serving.call('PUT', SET, { routes: [billing, support] })
  for (let count = 0; count < 40; count++) {
    const text =
      count % 2 === 0 ? `${SECRET} says the invoice is wrong ${count}` : `my invoice is wrong ${count}`
    await serving.call('POST', '/v1/feedback', { text, route: count % 4 < 2 ? 'support' : 'billing' })
  }
  expect((await serving.call('POST', `${SET}/fit`, {})).json).toMatchObject({ rows: 40, feedbackRows: 40 })
  const { text } = await serving.call('GET', `${SET}/versions/2`)
  expect(text).toContain(SECRET)
  return serving
}

const filesWith = (folder: string, word: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(word))
    .map(({ name }) => name)

describe('feedback that is deleted after a fit', () => {
  it('is gone from the version, its evaluation and every file', async () => {
    const serving = await startFitted()
    for (const { id, text } of (await serving.call('GET', '/v1/feedback?limit=100')).json.feedback) {
      if (text.includes(SECRET)) await serving.call('DELETE', `/v1/feedback/${id}`)
    }
    const version = await serving.call('GET', `${SET}/versions/2`)
    expect(version.text).not.toContain(SECRET)
    expect(version.json.fitRows).toBe(20)
    expect(version.text).toContain('my invoice is wrong')
    await serving.stop()
    expect(filesWith(serving.folder, 'my invoice is wrong')).not.toEqual([])
    expect(filesWith(serving.folder, SECRET)).toEqual([])

    const again = await restart(serving)
    expect((await again.call('POST', `${SET}/versions/2/state`, { state: 'active' })).status).toBe(200)
    expect((await again.call('POST', `${SET}/fit`, { useFeedback: false })).json).toMatchObject({
      rows: 20,
      feedbackRows: 20,
    })
  })

  it('is gone too where newer feedback took its place', async () => {
    const serving = await startFitted({ 'decisions.feedbackPerSet': 40 })
    for (let count = 0; count < 40; count++) {
      await serving.call('POST', '/v1/feedback', { text: `something else ${count}`, route: null })
    }
    const version = await serving.call('GET', `${SET}/versions/2`)
    expect(version.json.fitRows).toBe(0)
    expect(version.text).not.toContain(SECRET)
    await serving.stop()
    expect(filesWith(serving.folder, SECRET)).toEqual([])
  })
})
