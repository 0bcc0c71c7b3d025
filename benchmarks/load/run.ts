// Measures the server under load: npm run bench:load -- [--quick] [--out FILE] [--report] [--check]
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type BenchmarkRun, barLine, runBenchmark } from '../benchmark.ts'
import { barsOf, isMet } from './bars.ts'
import { measureLoad } from './measure.ts'
import { canPin } from './processes.ts'
import { type LoadFile, renderPage } from './report.ts'

const BOOTSTRAP = fileURLToPath(new URL('../../scripts/bootstrap.mjs', import.meta.url))

process.exitCode = await runBenchmark<LoadFile>(
  {
    name: 'load',
    result: 'benchmarks/load/results/load.json',
    page: 'docs/load.md',
    quick: 'few and short rounds',
    rounds: { says: 'rounds of each comparison', usual: 7, quick: 1 },
    renderPage,
    measure,
    summary: (result) =>
      barsOf(result)
        .map((bar) => barLine(isMet(bar), bar))
        .join('\n'),
  },
  process.argv.slice(2),
)

async function measure({ isQuick, rounds, folder, progress, conditions }: BenchmarkRun): Promise<LoadFile> {
  // What is measured is what was built, so it must be built from what is here.
  const built = spawnSync(process.execPath, [BOOTSTRAP, 'setup'], { stdio: ['ignore', 2, 2] })
  if (built.status !== 0) throw new Error('the build failed')
  const result = await measureLoad(folder, { rounds, seconds: isQuick ? 0.5 : 2 }, progress)
  return { conditions: { ...(await conditions()), isPinned: canPin }, ...result }
}
