// Measures the gateway beside others: npm run bench:gateway -- [--quick] [--out FILE] [--report] [--check]
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type BenchmarkRun, barLine, runBenchmark } from '../benchmark.ts'
import { canPin } from '../load/processes.ts'
import { barsOf, isMet } from './bars.ts'
import { type Effort, measureGateway } from './measure.ts'
import { type GatewayFile, renderPage } from './report.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PORTKEY = new URL('../node_modules/@portkey-ai/gateway/package.json', import.meta.url)

const USUAL = { seconds: 1.4, frontier: [1, 2, 4, 8, 16, 32, 64, 128], waves: 6, crowd: 1000 }
const QUICK = { seconds: 0.4, frontier: [1, 16], waves: 2, crowd: 200 }

process.exitCode = await runBenchmark<GatewayFile>(
  {
    name: 'gateway',
    result: 'benchmarks/gateway/results/gateway.json',
    page: 'docs/gateway-speed.md',
    quick: 'few and short rounds',
    rounds: { says: 'rounds of each comparison', usual: 5, quick: 1 },
    renderPage,
    measure,
    summary: (result) =>
      barsOf(result)
        .map((bar) => barLine(isMet(bar), bar))
        .join('\n'),
  },
  process.argv.slice(2),
)

async function measure({
  isQuick,
  rounds,
  folder,
  progress,
  conditions,
}: BenchmarkRun): Promise<GatewayFile> {
  const { version } = JSON.parse(readFileSync(PORTKEY, 'utf8')) as { version: string }
  // What is measured is what was built, so it must be built from what is here.
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] })
  const effort: Effort = { rounds, ...(isQuick ? QUICK : USUAL) }
  const result = await measureGateway(folder, effort, progress)
  return { conditions: { ...(await conditions()), isPinned: canPin, portkey: version }, ...result }
}
