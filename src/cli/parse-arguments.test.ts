import { expect, test } from 'vitest'
import { defineCommand } from './command.ts'
import { parseArguments } from './parse-arguments.ts'

const sample = defineCommand({
  name: 'sample',
  summary: 'A command to parse for',
  description: 'A command to parse for.',
  positional: { placeholder: 'TEXT', summary: 'a text', kind: 'text', minimum: 0, maximum: 2 },
  flags: {
    routes: { kind: 'file', summary: 'a file', required: true },
    'top-k': { kind: 'number', integer: true, range: [1, 100], summary: 'how many' },
    level: { kind: 'text', choices: ['info', 'warn'], summary: 'a choice' },
    tag: { kind: 'text', many: true, summary: 'several' },
    force: { kind: 'switch', short: 'f', summary: 'a switch' },
  },
  json: 'nothing',
  examples: [
    ['stratarouter sample --routes routes.yaml', 'one'],
    ['stratarouter sample --routes routes.yaml -f', 'two'],
  ],
  async run() {
    return 0
  },
})
const parse = (...words: string[]) => parseArguments(sample, words)

test('values arrive with the type that the table gives them', () => {
  const { flags, positionals } = parse(
    'a b',
    '--routes',
    'r.yaml',
    '--top-k=5',
    '--tag',
    'x',
    '--tag',
    'y',
    '-f',
  )
  expect(flags).toMatchObject({ routes: 'r.yaml', 'top-k': 5, tag: ['x', 'y'], force: true, json: false })
  expect(positionals).toEqual(['a b'])
})

test('what was not given is undefined, an empty list or false', () => {
  expect(parse('--routes', 'r').flags).toMatchObject({ 'top-k': undefined, tag: [], force: false })
})

test('words after -- are texts even when they look like flags', () => {
  expect(parse('--routes', 'r', '--', '--force').positionals).toEqual(['--force'])
})

test.each([
  [['--rutes', 'r'], 'sample has no flag --rutes. Did you mean --routes FILE?'],
  [['--constructor'], 'sample has no flag --constructor. See: stratarouter sample --help'],
  [['-x', '--routes', 'r'], 'sample has no flag -x.'],
  [[], 'sample needs --routes FILE. For example: stratarouter sample --routes routes.yaml'],
  [['--routes'], '--routes FILE: a value is missing.'],
  [['--routes', '--force'], '--routes FILE: a value is missing before --force.'],
  [['--routes', 'r', '--top-k', '0'], '--top-k expects a whole number from 1 to 100, got "0".'],
  [['--routes', 'r', '--top-k', '1.5'], '--top-k expects a whole number from 1 to 100, got "1.5".'],
  [['--routes', 'r', '--top-k', ''], '--top-k expects a whole number from 1 to 100, got "".'],
  [['--routes', 'r', '--level', 'wern'], '--level expects one of info, warn, got "wern". Did you mean warn?'],
  [['--routes', 'r', '--force=yes'], '--force takes no value, got "yes".'],
  [['--routes', 'r', 'a', 'b', 'c'], 'sample takes 2 words besides its flags, got one more: "c".'],
])('%j is refused with what to change', (words, message) => {
  expect(() => parse(...words)).toThrow(message)
})

test('help is given however incomplete the rest is', () => {
  expect(parse('--help').flags.help).toBe(true)
})
