import { join } from 'node:path'
import { defineCommand } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { progressLine } from '../progress-line.ts'

const DEFAULT_SECONDS = 2
/** Routes and examples a route of the generated sets; the second is also what is served. */
const SHAPES = [
  [20, 10],
  [150, 20],
  [1000, 5],
] as const
const SERVED = SHAPES[1]
const QUERIES = 4096

export const bench = defineCommand({
  name: 'bench',
  summary: 'Measure this machine: decisions in process and over HTTP, fitting, memory',
  description:
    'Fits, loads and asks the demo routes and generated route sets of several sizes, then asks a server: one that it starts itself on a free ' +
    'port of this machine and stops again, or the one at --url. Takes about a minute. Every figure is printed with its unit and its conditions.',
  flags: {
    url: {
      kind: 'text',
      placeholder: 'URL',
      summary: 'Ask the server there instead of starting one; mind that it will be busy',
    },
    seconds: {
      kind: 'number',
      range: [0.01, 60],
      summary: `Length of each timed measurement; ${DEFAULT_SECONDS} if not given`,
    },
  },
  json: '{conditions: {version, date, processor, cores, memoryGb, platform, node, encoder, secondsEach, seed, load}, inProcess: [{routes, examples, source, fitSeconds, snapshotMb, loadMs, memoryMb, calls, callsPerSecond, p50Us, p99Us}], http: {url, started, ways: [{path, connections, textsPerRequest, requests, refused, requestsPerSecond, decisionsPerSecond, p50Ms, p99Ms}]}}',
  examples: [
    ['stratarouter bench', 'measure this machine'],
    ['stratarouter bench --url http://127.0.0.1:8000 --seconds 10', 'a server that runs already, longer'],
  ],
  async run({ flags, terminal }) {
    const { assertDecides, measureOverHttp, parseServerUrl } = await import('../bench/over-http.ts')
    const given = flags.url === undefined ? undefined : parseServerUrl(flags.url)
    // Before anything that takes time.
    if (given !== undefined) await assertDecides(given)
    const seconds = flags.seconds ?? DEFAULT_SECONDS
    const { readMachine, loadNow } = await import('../bench/machine.ts')
    const { measureInProcess } = await import('../bench/in-process.ts')
    const { generateRoutes, SEED } = await import('../bench/generated-routes.ts')
    const { packageRoot } = await import('../../app/package-root.ts')
    const { readRouteFile } = await import('../../config/index.ts')
    const { loadBuiltinEncoder } = await import('../../encoders/builtin/index.ts')
    const { readLabelledRows } = await import('../labelled-rows.ts')
    const { OwnServer } = await import('../bench/own-server.ts')
    const { benchLines } = await import('../bench/report.ts')

    const loadBefore = loadNow()
    const progress = progressLine(terminal)
    try {
      const encoder = await loadBuiltinEncoder()
      const demoFile = (name: string) => join(packageRoot, 'examples', `support-desk.${name}`)
      const demoQueries = (await readLabelledRows(demoFile('labelled.jsonl'))).map(({ text }) => text)
      const tasks = [
        { set: readRouteFile(demoFile('routes.yaml')), source: 'demo' as const, queries: demoQueries },
        ...SHAPES.map(([routes, examples]) => {
          const { routes: set, queries } = generateRoutes(routes, examples, QUERIES)
          return { set: { routes: set }, source: 'generated' as const, queries }
        }),
      ]
      const inProcess = tasks.map((task) =>
        measureInProcess(task, encoder, seconds, ({ stage, done, total }) =>
          progress.update({ stage: `${task.set.routes.length} routes, ${stage}`, done, total }),
        ),
      )
      const served = generateRoutes(...SERVED, QUERIES)
      progress.update({ stage: 'start a server', done: 0, total: 1 })
      const server = given === undefined ? await OwnServer.start({ routes: served.routes }) : undefined
      try {
        const url = given ?? server!.url
        const residentMbBefore = (await server?.residentMb()) ?? 0
        const ways = await measureOverHttp(url, served.queries, seconds, progress.update)
        const started =
          server === undefined
            ? null
            : {
                routes: SERVED[0],
                examples: SERVED[0] * SERVED[1],
                startSeconds: server.startSeconds,
                residentMbBefore,
                residentMbAfter: await server.residentMb(),
              }
        const loadAfter = loadNow()
        const result = {
          conditions: {
            ...readMachine(encoder),
            secondsEach: seconds,
            seed: SEED,
            load: loadBefore === null || loadAfter === null ? null : ([loadBefore, loadAfter] as const),
          },
          inProcess,
          http: { url: url.origin, started, ways },
        }
        progress.end()
        if (terminal.json) await terminal.printJson(result)
        else for (const line of benchLines(result, terminal)) await terminal.print(line)
        return EXIT_CODES.ok.code
      } finally {
        await server?.stop()
      }
    } finally {
      progress.end()
    }
  },
})
