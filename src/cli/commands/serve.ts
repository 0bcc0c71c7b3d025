import { defineCommand } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { usageError } from '../usage-error.ts'

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
const WORKERS: readonly string[] = ['auto', '1']

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
      placeholder: 'auto|1',
      summary: 'Processes that serve; for now one, which auto means too',
    },
    demo: { kind: 'switch', summary: 'Serve a demo route set until routes are stored' },
    'log-level': { kind: 'text', choices: LOG_LEVELS, summary: 'Least serious level that is logged' },
  },
  json: 'Nothing of its own: the logs on standard output are JSON lines either way.',
  examples: [
    ['stratarouter serve --routes routes.yaml', 'serve a route file on port 8000'],
    ['stratarouter serve --demo --port 9000', 'look around with the demo routes'],
  ],
  async run({ flags, terminal }) {
    if (flags.workers !== undefined && !WORKERS.includes(flags.workers)) {
      throw usageError(
        `--workers expects auto or 1, got "${flags.workers}": this release serves from one process. ` +
          'For more, start several servers with a --data-dir each behind a load balancer.',
      )
    }
    const { loadConfig } = await import('../../config/index.ts')
    const loaded = loadConfig({
      ...(flags.config === undefined ? {} : { file: flags.config }),
      flags: {
        'server.port': flags.port,
        'server.host': flags.host,
        'routes.file': flags.routes,
        dataDir: flags['data-dir'],
        'log.level': flags['log-level'],
      },
    })
    const { runServer } = await import('../../server/index.ts')
    // Standard output belongs to the logs, so that every line of it is JSON.
    await runServer(loaded, { demo: flags.demo, print: (text) => terminal.note(text.trimEnd()) })
    return EXIT_CODES.ok.code
  },
})
