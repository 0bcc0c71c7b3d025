import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { EXIT_CODES } from '../../src/cli/exit-codes.ts'
import type { Decision } from '../../src/contracts/index.ts'
import { jsonLines, mainFile, runProgram, temporaryFolder } from './cli-process.ts'

const folder = temporaryFolder()
const inFolder = (...words: string[]) => runProgram(words, { cwd: folder.path })

beforeAll(async () => {
  const { code } = await inFolder('init')
  expect(code).toBe(0)
})

test('a decision names its route, its confidence and the candidates', async () => {
  const { code, out } = await inFolder('route', 'where is my refund?')
  expect(code).toBe(0)
  expect(out).toMatch(/→ billing {2}█+.* (0\.\d{3}|>\.999) /)
  for (const name of ['billing', 'delivery', 'technical_support']) expect(out).toContain(name)
})

test('--explain tells nearest examples, words and what would change the decision', async () => {
  const { out } = await inFolder('route', 'where is the refund for my order?', '--explain')
  for (const title of ['Why', 'Nearest examples', 'Words', 'What would change it'])
    expect(out).toContain(title)
})

test('--json prints the Decision of the contract', async () => {
  const { out, errorOut } = await inFolder('route', 'INV-20417 is wrong', '--json', '--top-k', '2')
  expect(errorOut).toBe('')
  const [decision] = jsonLines<Decision>(out)
  expect(decision).toMatchObject({
    route: 'billing',
    reason: 'rule',
    metadata: { team: 'finance' },
    snapshot: expect.stringMatching(/^[0-9a-f]+$/),
    latencyUs: expect.any(Number),
  })
  expect(decision!.candidates).toHaveLength(2)
  expect(decision!.explanation).toBeUndefined()
})

test('--json --explain adds the explanation', async () => {
  const { out } = await inFolder('route', 'where is my parcel', '--json', '--explain')
  expect(jsonLines<Decision>(out)[0]!.explanation).toMatchObject({
    summary: expect.any(String),
    nearest: expect.any(Array),
  })
})

test('lines of standard input are answered one by one, in order, as single texts are', async () => {
  const texts = ['where is my parcel', '', 'the app crashes', 'sing me a song', 'I was charged twice']
  const piped = await runProgram(['route', '--json'], { cwd: folder.path, input: texts.join('\r\n') })
  const single = await inFolder('route', '--json', '--', ...texts)
  const comparable = (out: string) =>
    jsonLines<Decision>(out).map((decision) => ({ ...decision, latencyUs: 0 }))
  expect(piped.code).toBe(0)
  expect(comparable(piped.out)).toHaveLength(texts.length)
  expect(comparable(piped.out)).toEqual(comparable(single.out))
})

test('an answer comes before the next line is written', async () => {
  const child = spawn(process.execPath, [mainFile, 'route', '--json'], { cwd: folder.path })
  const answers = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]()
  for (const text of ['where is my parcel', 'the app crashes']) {
    child.stdin.write(`${text}\n`)
    const { value } = await answers.next()
    expect(jsonLines<Decision>(String(value))).toHaveLength(1)
  }
  child.stdin.end()
  expect((await answers.next()).done).toBe(true)
})

test('a line over the limit is refused by its number and the others are answered', async () => {
  const input = `where is my parcel\n${'x'.repeat(40_000)}\nthe app crashes\n`
  const { code, out, errorOut } = await runProgram(['route', '--json'], { cwd: folder.path, input })
  expect(code).toBe(EXIT_CODES.input.code)
  expect(jsonLines(out)).toHaveLength(2)
  expect(JSON.parse(errorOut)).toMatchObject({
    error: { code: 'text_too_long', details: [{ path: 'line 2', got: '40000 bytes' }] },
  })
})

test('a TEXT over the limit is refused like a line', async () => {
  const { code, errorOut } = await inFolder('route', 'short', 'x'.repeat(32_769))
  expect(code).toBe(EXIT_CODES.input.code)
  expect(errorOut).toBe(
    'error: A text has 32,769 bytes (TEXT 2), at most 32,768 bytes were expected. Shorten it.\n',
  )
})

test('a reader that closes early ends the program quietly', async () => {
  const child = spawn(process.execPath, [mainFile, 'route', '--json'], { cwd: folder.path })
  let errorOut = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorOut += text
  })
  child.stdin.on('error', () => {
    // The program ends while we still write: that is what is tested.
  })
  child.stdout.once('data', () => child.stdout.destroy())
  child.stdin.end('where is my parcel\n'.repeat(20_000))
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect({ code, errorOut }).toEqual({ code: 0, errorOut: '' })
})

test('--threshold, --include and --exclude bind', async () => {
  const decide = async (...words: string[]) =>
    jsonLines<Decision>((await inFolder('route', 'has my parcel left yet', '--json', ...words)).out)[0]!
  expect(await decide()).toMatchObject({ route: 'delivery' })
  expect(await decide('--threshold', '1')).toMatchObject({ route: null, threshold: 1 })
  expect((await decide('--exclude', 'delivery')).candidates.map(({ route }) => route)).not.toContain(
    'delivery',
  )
  expect((await decide('--include', 'billing', '--include', 'delivery')).candidates).toHaveLength(2)
})

test('--context helps a message that says too little alone', async () => {
  const decide = async (...words: string[]) =>
    jsonLines<Decision>((await inFolder('route', 'and now?', '--json', ...words)).out)[0]!
  const alone = await decide()
  const within = await decide('--context', 'hello', '--context', 'where is my parcel')
  expect(alone.route).toBeNull()
  expect(within.candidates[0]!.route).toBe('delivery')
  expect(within.confidence).toBeGreaterThan(alone.confidence)
})

test('a name that --include does not know is refused', async () => {
  const { code, errorOut } = await inFolder('route', 'hello', '--include', 'nowhere')
  expect(code).toBe(EXIT_CODES.usage.code)
  expect(errorOut).toContain('nowhere')
})

test('changing one example in the file changes the decision and its explanation', async () => {
  const before =
    '{"routes":[{"name":"pets","examples":["feed the cat","walk the dog"]},{"name":"cars","examples":["fill the tank","change a tyre"]}]}'
  const decide = async (file: string) =>
    jsonLines<Decision>(
      (await inFolder('route', 'wash the saddle', '--routes', file, '--json', '--explain')).out,
    )[0]!
  writeFileSync(folder.file('before.json'), before)
  writeFileSync(folder.file('after.json'), before.replace('walk the dog', 'wash the saddle'))
  const [old, changed] = [await decide('before.json'), await decide('after.json')]
  expect(old.route).not.toBe('pets')
  expect(changed.route).toBe('pets')
  expect(changed.explanation!.nearest[0]!.example).toBe('wash the saddle')
})

test('control characters of a text do not reach the terminal', async () => {
  const { out } = await inFolder('route', 'refund \u001b[2J\u0007 please', '--explain')
  expect(out).not.toContain('\u001b[2J')
  expect(out).not.toContain('\u0007')
})

test('words that were meant as one text get a hint', async () => {
  const { errorOut } = await inFolder('route', 'where', 'is', 'it')
  expect(errorOut).toContain('"where is it"')
})

test('an invalid route file is refused with file and line', async () => {
  writeFileSync(
    folder.file('broken.yaml'),
    'routes:\n  - name: billing\n    examples: [a]\n    treshold: 0.5\n',
  )
  const { code, errorOut } = await inFolder('route', 'hello', '--routes', 'broken.yaml')
  expect(code).toBe(EXIT_CODES.input.code)
  expect(errorOut).toContain('broken.yaml:')
  expect(errorOut).toContain('threshold')
})
