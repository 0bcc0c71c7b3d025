import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fitCascadeInProcess } from '../../src/app/fit-cascade.ts'
import { loadSlowerEncoder } from '../../src/app/slower-encoder.ts'
import { loadConfig } from '../../src/config/index.ts'
import type { AsyncEncoder } from '../../src/contracts/index.ts'
import { Cascade } from '../../src/core/index.ts'
import { loadBuiltinEncoder } from '../../src/encoders/builtin/index.ts'

const keys: (string | undefined)[] = []
const server = createServer(async (request, response) => {
  keys.push(request.headers.authorization)
  const { input } = (await json(request)) as { input: string[] }
  const data = input.map((text, index) => ({
    index,
    embedding: Array.from({ length: 16 }, (_, d) => Math.cos(text.length + d)),
  }))
  response.end(JSON.stringify({ data }))
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

const settings = () =>
  loadConfig({
    environment: {},
    flags: {
      'encoder.kind': 'openai',
      'encoder.model': 'any',
      'encoder.apiKey': 'a-key',
      'encoder.baseUrl': `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    },
  }).config.encoder

const routeSet = {
  routes: [
    { name: 'billing', examples: ['where is my refund', 'send the invoice'] },
    { name: 'technical', examples: ['the app crashes', 'I cannot log in'] },
  ],
}

describe('fitting a cascade in a process of its own', () => {
  it('makes the cascade that would be made here, with the encoder of the settings', async () => {
    const encoder = settings()
    const bytes = await fitCascadeInProcess({ routeSet, encoder, share: 0.5 }, new AbortController().signal)
    expect(keys[0]).toBe('Bearer a-key')
    const parts = {
      fast: await loadBuiltinEncoder(),
      slow: (await loadSlowerEncoder(encoder)) as AsyncEncoder,
    }
    const expected = await Cascade.compile(routeSet, { ...parts, ask: { share: 0.5 } })
    expect(Cascade.load(bytes, parts).snapshot).toBe(expected.snapshot)
  })

  it('says why it could not', async () => {
    const encoder = { ...settings(), model: undefined }
    await expect(
      fitCascadeInProcess({ routeSet, encoder, share: 0.5 } as never, new AbortController().signal),
    ).rejects.toThrow(/Expected encoder\.model/)
  })

  it('ends with the process that asked for it, whatever it waits for', async () => {
    const deaf = createServer()
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve))
    const baseUrl = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}/v1`
    const program = fileURLToPath(new URL('../../src/app/cascade-process.ts', import.meta.url))
    const asked = once(deaf, 'request')
    const child = spawn(process.execPath, [program, '/nowhere'], {
      stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
    })
    try {
      child.stdin?.end(JSON.stringify({ routeSet, encoder: { ...settings(), baseUrl }, share: 0.5 }))
      await asked
      ;(child.stdio[3] as Readable).destroy()
      const [, killedBy] = await once(child, 'exit')
      expect(killedBy).toBe('SIGKILL')
    } finally {
      child.kill('SIGKILL')
      deaf.close()
      deaf.closeAllConnections()
    }
  })

  it('ends with its signal', async () => {
    const abort = new AbortController()
    const fit = fitCascadeInProcess({ routeSet, encoder: settings(), share: 0.5 }, abort.signal)
    abort.abort()
    await expect(fit).rejects.toMatchObject({ name: 'AbortError' })
  })
})
