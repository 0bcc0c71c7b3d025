import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { EXIT_CODES } from '../../src/cli/exit-codes.ts'
import type { Decision, Evaluation, FitReport } from '../../src/contracts/index.ts'
import { jsonLines, runProgram, temporaryFolder } from './cli-process.ts'

const folder = temporaryFolder()
const inFolder = (...words: string[]) => runProgram(words, { cwd: folder.path })

const LABELLED = [
  { text: 'can you send me the invoice from june', route: 'billing' },
  { text: 'has my parcel left the warehouse', route: 'delivery' },
  { text: 'it will not let me log in', route: 'technical_support' },
  { text: 'I want to know where the package is', route: 'delivery' },
  { text: 'what is the best pizza topping', route: null },
  { text: 'how tall is the eiffel tower', route: null },
]

beforeAll(async () => {
  expect((await inFolder('init')).code).toBe(0)
  writeFileSync(folder.file('labelled.jsonl'), LABELLED.map((row) => `${JSON.stringify(row)}\n`).join(''))
})

test('init refuses to replace a file unless told to, and leaves it as it was', async () => {
  writeFileSync(folder.file('mine.yaml'), 'mine')
  const refused = await inFolder('init', 'mine.yaml')
  expect(refused.code).toBe(EXIT_CODES.usage.code)
  expect(refused.errorOut).toContain('--force')
  expect(readFileSync(folder.file('mine.yaml'), 'utf8')).toBe('mine')
  const forced = await inFolder('init', 'mine.yaml', '--force', '--json')
  expect(JSON.parse(forced.out)).toMatchObject({ file: 'mine.yaml', next: { length: 3 } })
})

test('the starter file lints clean', async () => {
  const { code, out } = await inFolder('lint', '--routes', 'routes.yaml', '--json')
  expect({ code, report: JSON.parse(out) }).toEqual({ code: 0, report: { problems: [] } })
})

test('fit reports and saves a snapshot that decides as the route file does', async () => {
  const { code, out } = await inFolder('fit', '--routes', 'routes.yaml', '--out', 'routes.snapshot', '--json')
  expect(code).toBe(0)
  const report: FitReport = JSON.parse(out)
  expect(Object.keys(report).sort()).toEqual(
    ['accuracyCv', 'bytes', 'eceCv', 'eceCvByChance', 'examples', 'routes', 'seconds', 'thresholds'].sort(),
  )
  expect(report).toMatchObject({ routes: 3, examples: 18, thresholds: { default: 0.5 } })
  expect(readFileSync(folder.file('routes.snapshot')).length).toBe(report.bytes)
  const decide = async (...source: string[]) => {
    const answer = await inFolder('route', ...source, '--json', '--explain', 'I want my money back')
    return { ...jsonLines<Decision>(answer.out)[0]!, latencyUs: 0 }
  }
  expect(await decide('--snapshot', 'routes.snapshot')).toEqual(await decide('--routes', 'routes.yaml'))
})

test('fit takes ./routes.yaml where no route file is named, as the other commands do', async () => {
  const { code, out } = await inFolder('fit', '--out', 'default.snapshot', '--json')
  expect({ code, report: JSON.parse(out) }).toMatchObject({ code: 0, report: { routes: 3, examples: 18 } })
})

test('fit leaves no temporary file behind and touches nothing when it fails', async () => {
  writeFileSync(folder.file('kept.snapshot'), 'kept')
  const failed = await inFolder('fit', '--routes', 'missing.yaml', '--out', 'kept.snapshot')
  expect(failed.code).toBe(EXIT_CODES.input.code)
  expect(readFileSync(folder.file('kept.snapshot'), 'utf8')).toBe('kept')
  const nowhere = await inFolder('fit', '--routes', 'routes.yaml', '--out', 'no/such/folder/out.snapshot')
  expect(nowhere.code).toBe(EXIT_CODES.input.code)
  expect(nowhere.errorOut).toContain('there is no folder no/such/folder')
  expect(readdirSync(folder.path).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('--max-error-rate without labelled data, or with too little, is refused with the reason', async () => {
  const without = await inFolder(
    'fit',
    '--routes',
    'routes.yaml',
    '--out',
    'x.snapshot',
    '--max-error-rate',
    '0.02',
  )
  expect(without.code).toBe(EXIT_CODES.usage.code)
  expect(without.errorOut).toContain('--data')
  const little = await inFolder(
    ...['fit', '--routes', 'routes.yaml', '--out', 'x.snapshot', '--max-error-rate', '0.02'],
    ...['--data', 'labelled.jsonl', '--json'],
  )
  expect(little.code).toBe(EXIT_CODES.input.code)
  expect(JSON.parse(little.errorOut).error.code).toBe('not_enough_data')
})

test('an error rate in the route file without labelled data is refused, not passed over', async () => {
  const starter = readFileSync(folder.file('routes.yaml'), 'utf8')
  writeFileSync(
    folder.file('promise.yaml'),
    `${starter.replace(/^defaults:[\s\S]*/m, '')}\ndefaults: { maxErrorRate: 0.02 }\n`,
  )
  const fit = await inFolder('fit', '--routes', 'promise.yaml', '--out', 'x.snapshot', '--json')
  expect(fit.code).toBe(EXIT_CODES.input.code)
  expect(JSON.parse(fit.errorOut).error).toMatchObject({
    code: 'not_enough_data',
    message: expect.stringMatching(/promise\.yaml.*maxErrorRate.*--data/),
  })
  const lint = await inFolder('lint', '--routes', 'promise.yaml', '--json')
  expect(JSON.parse(lint.out).problems).toMatchObject([{ kind: 'unmet-error-rate', severity: 'warning' }])
})

test('a file that is no snapshot is refused by name of the fault', async () => {
  writeFileSync(folder.file('wrong.snapshot'), Buffer.from([0, 1, 2, 3]))
  const { code, errorOut } = await inFolder('route', '--snapshot', 'wrong.snapshot', '--json', 'hello')
  expect(code).toBe(EXIT_CODES.input.code)
  expect(JSON.parse(errorOut).error).toMatchObject({
    code: 'invalid_snapshot',
    message: expect.stringContaining('wrong.snapshot'),
  })
})

test('a route file and a snapshot given for each other are told apart', async () => {
  expect((await inFolder('fit', '--routes', 'routes.yaml', '--out', 'swap.snapshot')).code).toBe(0)
  const asRoutes = await inFolder('route', '--routes', 'swap.snapshot', 'hello')
  expect(asRoutes.code).toBe(EXIT_CODES.input.code)
  expect(asRoutes.errorOut).toMatch(/^error: swap\.snapshot is a snapshot.*--snapshot swap\.snapshot.*\n$/)
  const asSnapshot = await inFolder('route', '--snapshot', 'routes.yaml', 'hello')
  expect(asSnapshot.code).toBe(EXIT_CODES.input.code)
  expect(asSnapshot.errorOut).toMatch(/^error: routes\.yaml is a text file.*--routes routes\.yaml.*\n$/)
})

test('eval --json prints every figure of the contract', async () => {
  const { code, out } = await inFolder(
    'eval',
    '--routes',
    'routes.yaml',
    '--data',
    'labelled.jsonl',
    '--json',
  )
  expect(code).toBe(0)
  const evaluation: Evaluation = JSON.parse(out)
  expect(evaluation).toMatchObject({ n: 6, inScope: 4, outOfScope: 2 })
  for (const name of [
    ...[
      'inScopeAccuracy',
      'thresholdedAccuracy',
      'oosRecall',
      'oosPrecision',
      'inScopeRejected',
      'oosAuroc',
      'ece',
    ],
    ...['eceMixed', 'brier', 'aurc', 'coverageAt975', 'latencyUs', 'confusions', 'misses'],
  ]) {
    expect(evaluation).toHaveProperty(name)
  }
})

test('eval tells people accuracy in words, draws calibration and suggests thresholds', async () => {
  const { code, out } = await inFolder('eval', '--data', 'labelled.jsonl')
  expect(code).toBe(0)
  expect(out).toContain('of 4 texts that belong to a route')
  for (const title of ['Confused pairs', 'Calibration', 'Thresholds', 'Speed']) expect(out).toContain(title)
})

test('eval --html writes one page that needs nothing else', async () => {
  const { code } = await inFolder('eval', '--data', 'labelled.jsonl', '--html', 'report.html', '--quiet')
  expect(code).toBe(0)
  const page = readFileSync(folder.file('report.html'), 'utf8')
  expect(page).toMatch(/^<!doctype html>/)
  expect(page).not.toMatch(/<[a-z]+[^>]*\s(?:src|href)=|url\(|@import/)
})

test('a label that names no route is refused with the nearest', async () => {
  writeFileSync(folder.file('misspelt.jsonl'), '{"text":"my invoice","route":"biling"}\n')
  for (const words of [['eval'], ['fit', '--routes', 'routes.yaml', '--out', 'x.snapshot']]) {
    const { code, errorOut } = await inFolder(...words, '--data', 'misspelt.jsonl')
    expect(code).toBe(EXIT_CODES.input.code)
    expect(errorOut).toMatch(/^error: misspelt\.jsonl: 1 of 1 rows .*"biling"; did you mean billing\?\n$/)
  }
})

test('lint ends with 1 when a route cannot work', async () => {
  const starter = readFileSync(folder.file('routes.yaml'), 'utf8')
  writeFileSync(folder.file('closed.yaml'), starter.replace('threshold: 0.5', 'threshold: 1'))
  const { code, out } = await inFolder('lint', '--routes', 'closed.yaml', '--json')
  expect(code).toBe(EXIT_CODES.checkFailed.code)
  const { problems } = JSON.parse(out)
  expect(problems[0]).toMatchObject({
    kind: expect.any(String),
    routes: expect.any(Array),
    detail: expect.any(String),
    suggestion: expect.any(String),
  })
})

test('lint tells of fields of other tools that are passed over', async () => {
  const starter = readFileSync(folder.file('routes.yaml'), 'utf8')
  writeFileSync(folder.file('foreign.yaml'), `encoder_type: openai\n${starter}`)
  const { code, out } = await inFolder('lint', '--routes', 'foreign.yaml', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(out).problems).toMatchObject([
    { kind: 'unused-field', severity: 'info', detail: expect.stringContaining('encoder_type is not used') },
  ])
})

test('diff lists what changes between two files, and between a snapshot and its file nothing does', async () => {
  const starter = readFileSync(folder.file('routes.yaml'), 'utf8')
  writeFileSync(folder.file('strict.yaml'), starter.replace('threshold: 0.5', 'threshold: 1'))
  const strict = await inFolder('diff', 'routes.yaml', 'strict.yaml', '--data', 'labelled.jsonl', '--json')
  expect(strict.code).toBe(0)
  const { changed, of, changes } = JSON.parse(strict.out)
  expect(of).toBe(LABELLED.length)
  expect(changed).toBe(changes.length)
  expect(changes[0]).toMatchObject({
    text: LABELLED[0]!.text,
    before: { route: 'billing' },
    after: { route: null },
  })

  expect((await inFolder('fit', '--routes', 'routes.yaml', '--out', 'same.snapshot')).code).toBe(0)
  const same = await inFolder('diff', 'same.snapshot', 'routes.yaml', '--data', 'labelled.jsonl', '--json')
  expect(JSON.parse(same.out)).toEqual({ changed: 0, of: LABELLED.length, changes: [] })
})

test('diff takes a recording without labels, and then judges nothing', async () => {
  const starter = readFileSync(folder.file('routes.yaml'), 'utf8')
  writeFileSync(folder.file('strict.yaml'), starter.replace('threshold: 0.5', 'threshold: 1'))
  writeFileSync(
    folder.file('recorded.jsonl'),
    LABELLED.map(({ text }) => `${JSON.stringify({ text })}\n`).join(''),
  )
  const { code, out } = await inFolder('diff', 'routes.yaml', 'strict.yaml', '--data', 'recorded.jsonl')
  expect(code).toBe(0)
  expect(out).toMatch(/^[1-9]\d* of 6 decisions change/)
  expect(out).not.toMatch(/by the labels|better|worse/)
  const labelled = await inFolder('diff', 'routes.yaml', 'strict.yaml', '--data', 'labelled.jsonl')
  expect(labelled.out).toContain('by the labels')
})

test('an empty data file is refused, not called perfect', async () => {
  writeFileSync(folder.file('empty.jsonl'), '\n')
  for (const words of [
    ['eval', '--routes', 'routes.yaml'],
    ['diff', 'routes.yaml', 'routes.yaml'],
  ]) {
    const { code, errorOut } = await inFolder(...words, '--data', 'empty.jsonl', '--json')
    expect(code).toBe(EXIT_CODES.input.code)
    expect(JSON.parse(errorOut).error.code).toBe('not_enough_data')
  }
})
