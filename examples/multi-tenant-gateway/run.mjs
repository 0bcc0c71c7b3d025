// A gateway for two tenants with keys and budgets of their own, over HTTP.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startMockProvider } from 'stratarouter/testing'

/** In US dollars a day. A call of 100 tokens may cost 4 cents here. */
const budgets = { acme: 0.05, globex: 10 }

const folder = mkdtempSync(join(tmpdir(), 'stratarouter-example-'))
const program = join(
  dirname(fileURLToPath(import.meta.resolve('stratarouter/package.json'))),
  'dist/cli/main.js',
)

// A stand-in for a service, so that this runs without a key.
const mock = await startMockProvider()
const config = join(folder, 'stratarouter.json')
writeFileSync(
  config,
  JSON.stringify({
    dataDir: 'data',
    server: { port: 0 },
    providers: { openai: { apiKey: 'sk-none', baseUrl: `${mock.url}/v1` } },
    models: {
      fast: {
        provider: 'openai',
        model: 'gpt-5-mini',
        price: { inputPerMillion: 100, outputPerMillion: 400 },
      },
    },
    defaultModel: 'fast',
    tenants: {
      acme: { budgets: { dailyUsd: budgets.acme } },
      globex: { budgets: { dailyUsd: budgets.globex } },
    },
  }),
)

/** `stratarouter keys create` prints the key once; only its hash is stored. */
const makeKey = (tenant) =>
  run('keys', 'create', '--name', `${tenant}-app`, '--tenant', tenant, '--scopes', 'execute').trim()

function run(...words) {
  return spawnSync(process.execPath, [program, ...words, '--config', config], { encoding: 'utf8' }).stdout
}

const keys = { acme: makeKey('acme'), globex: makeKey('globex') }

const server = spawn(process.execPath, [program, 'serve', '--config', config], {
  stdio: ['ignore', 'pipe', 'ignore'],
})
/** The server says on which port it listens. */
const listening = new Promise((resolve, reject) => {
  server.on('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  createInterface({ input: server.stdout }).on('line', (line) => {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (url !== undefined) resolve(url)
  })
})

async function ask(url, key) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({
      model: 'auto',
      messages: [{ role: 'user', content: 'Where is my refund?' }],
      max_tokens: 100,
      temperature: 1,
    }),
  })
  const body = await response.json()
  return `${response.status} ${body.error?.code ?? body.choices[0].message.content}`
}

const url = await listening
console.log(`nobody  ${await ask(url, 'sr_wrong')}`)
console.log(`acme    ${await ask(url, keys.acme)}`)
console.log(`globex  ${await ask(url, keys.globex)}`)

// What is under way counts with its estimate: many calls at once cannot spend more than one after the other.
const answers = await Promise.all(Array.from({ length: 50 }, () => ask(url, keys.acme)))
console.log(`acme    ${answers.find((answer) => answer.startsWith('402'))}, of 50 calls at once`)
console.log(`globex  ${await ask(url, keys.globex)}`)

server.removeAllListeners('exit')
server.kill('SIGTERM')
await once(server, 'exit')
const { rows } = JSON.parse(run('usage', '--by', 'tenant', '--json'))
for (const { tenant, costUsd } of rows) {
  console.log(
    `${tenant.padEnd(7)} kept to its budget of $${budgets[tenant]}: ${costUsd > 0 && costUsd <= budgets[tenant]}`,
  )
}
await mock.close()
rmSync(folder, { recursive: true })
