import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectError } from './expect-error.ts'
import { type Serving, serve } from './serving.ts'

let serving: Serving
beforeAll(async () => {
  serving = await serve({ demo: true })
})
afterAll(() => serving.end())

describe('the files of the try-it page', () => {
  it('are a page at / and all that it names, under a policy that allows nothing else', async () => {
    const { status, headers, text } = await serving.call('GET', '/')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'self';.*trusted-types 'none'$/)
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    const named = [...text.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)].map((match) => match[1] as string)
    expect(named.length).toBeGreaterThan(3)
    for (const path of named) {
      const file = await serving.call('GET', path)
      expect([path, file.status]).toEqual([path, 200])
      expect(file.headers.get('content-type')).toMatch(/^(text\/(css|javascript)|image\/svg)/)
    }
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style|style=|\son\w+=/)
  })

  it('are plain JavaScript though they lie there with types', async () => {
    const { text } = await serving.call('GET', '/console/api.ts')
    expect(text).toContain('export const decide')
    expect(text).not.toMatch(/interface |: string/)
  })

  it('are not sent again to whoever has them', async () => {
    const first = await serving.call('GET', '/')
    const etag = first.headers.get('etag') as string
    expect(first.headers.get('cache-control')).toBe('no-cache')
    const second = await serving.call('GET', '/', undefined, { 'if-none-match': etag })
    expect([second.status, second.text, second.headers.get('etag')]).toEqual([304, '', etag])
    const head = await serving.call('HEAD', '/')
    expect([head.status, head.text]).toEqual([200, ''])
  })

  it('are those of the page alone', async () => {
    for (const path of [
      '/console/nothing.js',
      '/console/package.json',
      '/console/..%2f..%2fpackage.json',
      '/console/',
    ]) {
      expectError(await serving.call('GET', path), 404, 'not_found')
    }
    expectError(await serving.call('POST', '/'), 405, 'method_not_allowed')
  })

  it('come with what the page says about the server', async () => {
    const { json } = await serving.call('GET', '/console/server.json')
    expect(json).toEqual({ version: serving.app.version, demo: true, file: null })
  })
})
