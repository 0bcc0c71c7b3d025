// One measurement of stratarouter, as built for publishing, in a process of its own: the counterpart of
// measure_semantic_router.py. node benchmarks/rivals/measure-stratarouter.ts TASK.json
import { readFileSync, writeFileSync } from 'node:fs'
import type * as Library from '../../src/index.ts'
import type { DecideJob, DecideOutcome, ServeOutcome, ServeTask, Task } from './tasks.ts'

const { createRouter, loadBuiltinEncoder, parseLabelledRows, Router }: typeof Library = await import(
  new URL('../../dist/index.js', import.meta.url).href
)

const rowsOf = (file: string) =>
  parseLabelledRows(
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  )
const routesOf = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Library.CreateRouterOptions
const residentMb = () => process.memoryUsage.rss() / 1e6

async function decide({ routes, queries, data }: DecideJob): Promise<DecideOutcome['outcomes'][number]> {
  const router = await createRouter(routesOf(routes))
  let fitted: { seconds: number } | null = null
  if (data !== undefined) {
    const rows = rowsOf(data)
    const start = performance.now()
    router.fit({ data: rows })
    fitted = { seconds: (performance.now() - start) / 1000 }
  }
  const decisions = rowsOf(queries).map(({ text }) => {
    const { route, candidates, confidence, outOfScope } = router.route(text)
    return [candidates[0]?.route ?? null, confidence, route !== null, outOfScope] as const
  })
  return { decisions, fitted }
}

async function serve(task: ServeTask): Promise<ServeOutcome> {
  const start = performance.now()
  const router =
    task.snapshot === undefined
      ? await createRouter(routesOf(task.routes))
      : Router.load(new Uint8Array(readFileSync(task.snapshot)), await loadBuiltinEncoder())
  const buildSeconds = (performance.now() - start) / 1000
  const queries = rowsOf(task.queries)
    .slice(0, task.calls)
    .map(({ text }) => text)
  router.route(queries[0]!)
  console.log('first decision')
  const residentReadyMb = residentMb()
  if (task.save !== undefined) writeFileSync(task.save, router.save())
  // A server is past the first thousands of calls, which run before Node has compiled them, in its first second.
  for (let calls = 0; calls < 2000; calls += queries.length) for (const text of queries) router.route(text)
  const cpuStart = process.cpuUsage()
  const rounds = Array.from({ length: task.rounds }, () =>
    queries.map((text) => {
      const before = performance.now()
      router.route(text)
      return (performance.now() - before) * 1000
    }),
  )
  const { user, system } = process.cpuUsage(cpuStart)
  const cpuUs = (user + system) / queries.length / task.rounds
  return { buildSeconds, residentReadyMb, residentAfterMb: residentMb(), rounds, cpuUs, encodeCpuUs: null }
}

async function measure(task: Task): Promise<object> {
  if (task.kind === 'serve') return serve(task)
  if (task.kind !== 'decide') throw new Error(`${task.kind} is measured for semantic-router alone`)
  const outcomes = []
  for (const job of task.jobs) outcomes.push(await decide(job))
  return { outcomes }
}

console.log(JSON.stringify(await measure(JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Task)))
