// Measures how well the shipped router decides: npm run bench:quality -- [--only accuracy,scope] [--quick] [--out DIR] [--check]
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { staleFiles, writeReport } from './report.ts'
import { committedResults, conditionsOf, folderUrl, readSourceState, writeResult } from './result-file.ts'
import { SUBJECTS, type SubjectName } from './subject.ts'
import { summarise } from './summary.ts'

const USAGE = `Usage: npm run bench:quality -- [options]
  --only A,B   only these subjects: ${SUBJECTS.join(', ')}
  --quick      a fraction of the work, to see that everything runs; nothing is published
  --out DIR    write the result files to DIR instead of benchmarks/quality/results, and publish nothing
  --jobs N     subjects measured at the same time (default 2)
  --report     measure nothing: write docs/benchmarks.md anew from the committed results
  --check      measure nothing: fail when docs/benchmarks.md is not what the committed results say`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    out: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    report: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(USAGE)
else if (values.check) {
  const stale = staleFiles()
  for (const file of stale)
    console.error(
      `${file} is not what benchmarks/quality/results say; run: npm run bench:quality -- --report`,
    )
  process.exitCode = stale.length > 0 ? 1 : 0
  if (stale.length === 0) console.log('docs/benchmarks.md and its pictures are in step with the results.')
} else if (values.report) writeReport()
else await measure()

async function measure(): Promise<void> {
  const isQuick = values.quick
  const waiting = subjectsNamed(values.only)
  const folder = values.out ? folderUrl(values.out) : isQuick ? null : committedResults
  const source = readSourceState()
  const start = performance.now()
  const runOne = async (subject: SubjectName): Promise<void> => {
    const begun = performance.now()
    const result = await runSubject(subject, isQuick, (message) => {
      const seconds = ((performance.now() - start) / 1000).toFixed(0).padStart(4)
      console.error(`${seconds} s  ${subject}: ${message}`)
    })
    const conditions = await conditionsOf(source, { isQuick, seconds: (performance.now() - begun) / 1000 })
    if (folder) writeResult(folder, subject, conditions, result)
    console.log(summarise(subject, result))
  }
  const queue = async (): Promise<void> => {
    for (let subject = waiting.shift(); subject; subject = waiting.shift()) await runOne(subject)
  }
  await Promise.all(Array.from({ length: Math.max(1, Number(values.jobs) || 1) }, queue))
  if (folder !== committedResults) return
  writeReport()
  console.log(
    'Wrote docs/benchmarks.md. README.md quotes it: run node scripts/write-readme-figures.ts as well.',
  )
}

function subjectsNamed(list: string | undefined): SubjectName[] {
  if (list === undefined) return [...SUBJECTS]
  return list.split(',').map((name) => {
    const subject = SUBJECTS.find((known) => known === name.trim())
    if (!subject) throw new Error(`There is no subject "${name}"; there are ${SUBJECTS.join(', ')}.`)
    return subject
  })
}

function runSubject(
  subject: SubjectName,
  isQuick: boolean,
  progress: (message: string) => void,
): Promise<object> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./subject-worker.ts', import.meta.url), {
      workerData: { subject, isQuick },
    })
    worker.on('message', (message: { progress?: string; result?: object }) => {
      if (message.progress) progress(message.progress)
      if (message.result) resolve(message.result)
    })
    worker.on('error', reject)
    worker.on('exit', (code) => {
      if (code !== 0) reject(new Error(`The subject ${subject} ended with code ${code}.`))
    })
  })
}
