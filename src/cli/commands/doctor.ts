import { existsSync } from 'node:fs'
import type { Config, LoadedConfig } from '../../config/index.ts'
import { defineCommand } from '../command.ts'
import { type Check, failedBy, ok, warn } from '../doctor/check.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import type { Style, Terminal } from '../terminal.ts'
import { padEnd, printable } from '../text-layout.ts'

const MARKS: Readonly<Record<Check['status'], readonly [text: string, style: Style]>> = {
  ok: ['ok', 'green'],
  warn: ['warn', 'yellow'],
  fail: ['fail', 'red'],
}

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Check this machine and set-up, with a remedy for each fault',
  description:
    'Looks at everything the server needs: Node, the built-in encoder, SQLite, the configuration, the data directory and database, the port and certificate, the route file and the models that it names, ' +
    'prices, and whether each provider has a key and can be reached (a connection is made, nothing sent). ' +
    'Says what is wrong and what to do; ends with 1 when something fails. Stop the server first, or its port counts as taken.',
  flags: {
    config: {
      kind: 'file',
      summary: 'Configuration file; STRATAROUTER_CONFIG or ./stratarouter.yaml if not given',
    },
    routes: { kind: 'file', summary: 'Route file to check; otherwise routes.file or ./routes.yaml' },
    port: {
      kind: 'number',
      integer: true,
      range: [0, 65_535],
      summary: 'Port to look at, instead of the configured one',
    },
    'data-dir': { kind: 'folder', summary: 'Data directory to look at, instead of the configured one' },
  },
  json: '{ok, checks: [{name, status: "ok"|"warn"|"fail", detail, remedy?}]}',
  examples: [
    ['stratarouter doctor', 'check everything'],
    ['stratarouter doctor --routes routes.yaml --port 9000', 'check another file and port'],
  ],
  async run({ flags, terminal }) {
    const checks = await allChecks(flags)
    const isHealthy = checks.every((check) => check.status !== 'fail')
    if (terminal.json) await terminal.printJson({ ok: isHealthy, checks })
    else await printChecks(checks, terminal)
    return isHealthy ? EXIT_CODES.ok.code : EXIT_CODES.checkFailed.code
  },
})

async function allChecks(flags: {
  readonly config: string | undefined
  readonly routes: string | undefined
  readonly port: number | undefined
  readonly 'data-dir': string | undefined
}): Promise<Check[]> {
  const look = await import('../doctor/checks.ts')
  const { checkGateway } = await import('../doctor/gateway-checks.ts')
  const machine = [look.checkNode(), await look.checkEncoder(), look.checkSimd(), await look.checkSqlite()]
  const { loadConfig } = await import('../../config/index.ts')
  let config: Config
  let configuration: Check
  try {
    const loaded = loadConfig({
      ...(flags.config === undefined ? {} : { file: flags.config }),
      flags: { 'server.port': flags.port, dataDir: flags['data-dir'], 'routes.file': flags.routes },
    })
    config = loaded.config
    configuration = configurationOf(loaded)
  } catch (error) {
    // Without a configuration there is no telling which port, directory and route file are meant.
    return [
      ...machine,
      failedBy(
        'configuration',
        error,
        'Mend what is named; "stratarouter config schema" prints what is allowed.',
      ),
    ]
  }
  const routeFile = config.routes.file ?? (existsSync('routes.yaml') ? 'routes.yaml' : undefined)
  const certificate = look.checkCertificate(config)
  return [
    ...machine,
    configuration,
    await look.checkDataDirectory(config),
    await look.checkDatabase(config),
    await look.checkPort(config),
    ...(certificate === null ? [] : [certificate]),
    ...(await look.checkRouteFile(routeFile, config)),
    ...(await checkGateway(config)),
  ]
}

function configurationOf({ file, notes }: LoadedConfig): Check {
  const source = file ?? 'no file, defaults and environment'
  if (notes.length === 0) return ok('configuration', source)
  return warn(
    'configuration',
    [source, ...notes].join('\n'),
    'It works as it is; "stratarouter config explain" shows what each setting came to.',
  )
}

async function printChecks(checks: readonly Check[], terminal: Terminal): Promise<void> {
  const width = Math.max(...checks.map(({ name }) => printable(name).length))
  for (const check of checks) await printCheck(check, width, terminal)
}

async function printCheck(check: Check, width: number, terminal: Terminal): Promise<void> {
  const [text, style] = MARKS[check.status]
  const head = `${terminal.style(style, padEnd(text, 4))}  ${padEnd(printable(check.name), width)} `
  const margin = ' '.repeat('fail'.length + width + 3)
  for (const [index, line] of check.detail.split('\n').entries()) {
    await terminal.print(`${index === 0 ? head : margin}${printable(line.trimStart())}`)
  }
  if (check.remedy !== undefined)
    await terminal.print(`${margin}${terminal.style('dim', printable(check.remedy))}`)
}
