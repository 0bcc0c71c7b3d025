import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { request } from 'node:https'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/app/index.ts'
import { loadConfig } from '../../src/config/index.ts'
import { startServer } from '../../src/server/index.ts'
import { makeFolder } from './serving.ts'
import { servingsOfEachTest } from './serving-lifetimes.ts'

const { start } = servingsOfEachTest()

const openssl = spawnSync('openssl', ['version']).status === 0

describe('TLS', () => {
  it.skipIf(!openssl)(
    'serves over https with the certificate configured (needs openssl to make one)',
    async () => {
      const folder = makeFolder()
      const made = spawnSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-keyout',
          'key.pem',
          '-out',
          'cert.pem',
          '-days',
          '1',
          '-subj',
          '/CN=localhost',
        ],
        { cwd: folder },
      )
      expect(made.status, String(made.stderr)).toBe(0)
      const serving = await start({
        folder,
        flags: { 'server.tls.cert': 'file:cert.pem', 'server.tls.key': 'file:key.pem' },
      })
      expect(serving.url).toMatch(/^https:/)
      const status = await new Promise((resolve, reject) => {
        request(`${serving.url}/health`, { rejectUnauthorized: false }, (response) =>
          resolve(response.statusCode),
        )
          .on('error', reject)
          .end()
      })
      expect(status).toBe(200)
    },
  )

  it('says what is wrong with a certificate that cannot be used', async () => {
    const folder = makeFolder()
    const { config } = loadConfig({
      environment: {},
      workingDirectory: folder,
      flags: { 'server.port': 0, 'server.tls.cert': 'x', 'server.tls.key': 'y' },
    })
    const app = await createApp(config, { logger: pino({ level: 'silent' }) })
    await expect(startServer(app, config)).rejects.toMatchObject({ code: 'invalid_configuration' })
    await app.close()
    rmSync(folder, { recursive: true })
  })
})
