import { defineCommand } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { usageError } from '../usage-error.ts'

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const

export const serve = defineCommand({
  name: 'serve',
  summary: 'Answer over HTTP',
  description:
    'Serves decisions over HTTP until it is stopped, then finishes what is under way. With --routes the file is the source: ' +
    'it is watched, and a valid change is live at once. Settings come from the configuration file, the environment and these flags, the last one winning.',
  flags: {
    config: {
      kind: 'file',
      summary: 'Configuration file; STRATAROUTER_CONFIG or ./stratarouter.yaml if not given',
    },
    port: { kind: 'number', integer: true, range: [0, 65_535], summary: 'TCP port; 0 takes any free one' },
    host: {
      kind: 'text',
      placeholder: 'ADDRESS',
      summary: 'Address to listen on; 127.0.0.1 unless configured',
    },
    routes: { kind: 'file', summary: 'Route file to serve and to watch' },
    'data-dir': { kind: 'folder', summary: 'Folder of the database and the compiled snapshots' },
    workers: {
      kind: 'text',
      placeholder: 'auto|N',
      summary: 'Processes that serve on the port; auto is one for each core; 1 unless configured',
    },
    demo: { kind: 'switch', summary: 'Serve a demo route set until routes are stored' },
    'log-level': { kind: 'text', choices: LOG_LEVELS, summary: 'Least serious level that is logged' },
  },
  json: 'Nothing of its own: the logs on standard output are JSON lines either way.',
  examples: [
    ['stratarouter serve --routes routes.yaml', 'serve a route file on port 8000'],
    ['stratarouter serve --demo --port 9000', 'look around with the demo routes'],
    ['stratarouter serve --workers auto', 'serve from as many processes as there are cores'],
  ],
  async run({ flags, terminal }) {
    const { loadConfig, MOST_WORKERS } = await import('../../config/index.ts')
    const { workers } = flags
    if (workers !== undefined && workers !== 'auto' && !isNumberOfWorkers(workers, MOST_WORKERS)) {
      throw usageError(
        `--workers expects auto or a whole number from 1 to ${MOST_WORKERS}, got "${workers}".`,
      )
    }
    const loaded = loadConfig({
      ...(flags.config === undefined ? {} : { file: flags.config }),
      flags: {
        'server.port': flags.port,
        'server.host': flags.host,
        'server.workers': workers,
        'routes.file': flags.routes,
        dataDir: flags['data-dir'],
        'log.level': flags['log-level'],
      },
    })
    const { runServer } = await import('../../server/run-server.ts')
    // Standard output belongs to the logs, so that every line of it is JSON.
    await runServer(loaded, { demo: flags.demo, print: (text) => terminal.note(text.trimEnd()) })
    return EXIT_CODES.ok.code
  },
})

const isNumberOfWorkers = (text: string, most: number): boolean =>
  /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most
