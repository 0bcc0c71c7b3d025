import { renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it, vi } from 'vitest'
import type { FitSnapshot, Fitted } from '../../src/app/fit-queue.ts'
import { type FitWork, fitVersion } from '../../src/app/fit-version.ts'
import { loadBuiltinEncoder } from '../../src/encoders/builtin/index.ts'
import { billing, decide, makeFolder, type Serving, serve } from './serving.ts'
import { servingsOfEachTest } from './serving-lifetimes.ts'

const { start } = servingsOfEachTest()

describe('a route file', () => {
  const text = (...names: string[]) =>
    `routes:\n${names.map((name) => `  - name: ${name}\n    examples: ["take me to ${name}", "${name} please"]\n`).join('')}`

  async function startWithFile(): Promise<{ serving: Serving; file: string; lines: string[] }> {
    const folder = makeFolder()
    const file = join(folder, 'routes.yaml')
    writeFileSync(file, text('apples', 'pears'))
    const lines: string[] = []
    const logger = pino({ level: 'info' }, { write: (line) => void lines.push(line) })
    return { serving: await start({ folder, flags: { 'routes.file': 'routes.yaml' }, logger }), file, lines }
  }

  const names = async (serving: Serving) =>
    (await serving.call('GET', '/v1/routes')).json.routes.map((route: { name: string }) => route.name)

  it('is the source of the default set, which cannot be written over HTTP', async () => {
    const { serving, file } = await startWithFile()
    expect((await decide(serving, 'take me to pears')).route).toBe('pears')
    for (const [method, path, body] of [
      ['POST', '/v1/routes', billing],
      ['PUT', '/v1/routes/apples', { examples: ['x'] }],
      ['DELETE', '/v1/routes/apples', undefined],
      ['PUT', '/v1/route-sets/default', { routes: [] }],
      ['DELETE', '/v1/route-sets/default', undefined],
    ] as const) {
      const answer = await serving.call(method, path, body)
      expect([answer.status, answer.json.error.code]).toEqual([409, 'route_set_read_only'])
      expect(answer.json.error.message).toContain(file)
    }
    expect((await serving.call('PUT', '/v1/route-sets/other', { routes: [billing] })).status).toBe(201)
  })

  it('is live at once when it changes, also when replaced by a rename', async () => {
    const { serving, file } = await startWithFile()
    writeFileSync(file, text('apples', 'plums'))
    await vi.waitFor(async () => expect(await names(serving)).toEqual(['apples', 'plums']), {
      timeout: 20_000,
    })
    expect((await decide(serving, 'take me to plums')).route).toBe('plums')
    expect((await serving.call('GET', '/v1/routes')).json.version).toBe(2)
    writeFileSync(`${file}.new`, text('cherries'))
    renameSync(`${file}.new`, file)
    await vi.waitFor(async () => expect(await names(serving)).toEqual(['cherries']), { timeout: 20_000 })
  })

  it('is followed through a symbolic link that is switched', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'one.yaml'), text('apples'))
    writeFileSync(join(folder, 'two.yaml'), text('pears'))
    symlinkSync('one.yaml', join(folder, 'routes.yaml'))
    const serving = await start({ folder, flags: { 'routes.file': 'routes.yaml' } })
    symlinkSync('two.yaml', join(folder, 'next'))
    renameSync(join(folder, 'next'), join(folder, 'routes.yaml'))
    await vi.waitFor(async () => expect(await names(serving)).toEqual(['pears']), { timeout: 20_000 })
  })

  it('is refused when wrong, with the line in the log, while the routes before serve on', async () => {
    const { serving, file, lines } = await startWithFile()
    writeFileSync(file, 'routes:\n  - name: apples\n    exampels: [x]\n')
    await vi.waitFor(() => expect(lines.some((line) => line.includes('was refused'))).toBe(true), {
      timeout: 20_000,
    })
    expect(lines.find((line) => line.includes('was refused'))).toContain('routes.yaml:')
    expect(await names(serving)).toEqual(['apples', 'pears'])
    unlinkSync(file)
    await vi.waitFor(() => expect(lines.some((line) => line.includes('cannot be read'))).toBe(true), {
      timeout: 20_000,
    })
    writeFileSync(file, text('figs'))
    await vi.waitFor(async () => expect(await names(serving)).toEqual(['figs']), { timeout: 20_000 })
  })

  it('is live although the process that fits it dies, and is fitted by another', async () => {
    const folder = makeFolder()
    const file = join(folder, 'routes.yaml')
    writeFileSync(file, text('apples'))
    const encoder = await loadBuiltinEncoder()
    const fits = [Promise.withResolvers<Fitted>(), Promise.withResolvers<Fitted>()]
    const works: FitWork[] = []
    const fit: FitSnapshot = (work) => fits[works.push(work) - 1]!.promise
    const serving = await start({ folder, flags: { 'routes.file': 'routes.yaml' }, fit })
    writeFileSync(file, text(...Array.from({ length: 40 }, (_, index) => `place${index}`)))
    await vi.waitFor(() => expect(works).toHaveLength(1), { timeout: 20_000 })
    fits[0]!.reject(new Error('the process that fits route sets ended with SIGKILL'))
    await vi.waitFor(() => expect(works).toHaveLength(2), { timeout: 20_000 })
    const set = '/v1/route-sets/default'
    expect((await serving.call('GET', set)).json).toMatchObject({ version: 2, provisional: true })
    expect((await decide(serving, 'take me to place7')).route).toBe('place7')
    fits[1]!.resolve({ snapshot: fitVersion(works[1]!, encoder).save(), evaluation: null })
    await vi.waitFor(async () => expect((await serving.call('GET', set)).json.provisional).toBe(false), {
      timeout: 20_000,
    })
    expect((await decide(serving, 'take me to place7')).route).toBe('place7')
  })

  it('that is wrong or missing at the start stops it, saying where', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'routes.yaml'), 'routes:\n  - name: "no spaces allowed"\n')
    await expect(serve({ folder, flags: { 'routes.file': 'routes.yaml' } })).rejects.toThrow(
      /routes\.yaml:2: /,
    )
    await expect(serve({ folder, flags: { 'routes.file': 'none.yaml' } })).rejects.toThrow(/does not exist/)
    rmSync(folder, { recursive: true })
  })
})
