import { expect, test } from 'vitest'
import { type ErrorDetail, StrataError } from '../errors/index.ts'
import { printError } from './print-error.ts'
import { openTerminal } from './terminal.ts'

function printed(message: string, details: readonly ErrorDetail[]): string {
  let written = ''
  const terminal = openTerminal({ json: false, quiet: false, noColor: true })
  const error = new StrataError('invalid_route_set', message, { details })
  printError(error, {
    ...terminal,
    writeError: (text) => {
      written += text
    },
  })
  return written
}

const examples = {
  path: 'routes[0].exampels',
  message: 'unknown field; did you mean examples? (line 4)',
  nearest: 'examples',
}
const first = 'routes[0].exampels: unknown field; did you mean examples?'

test('a single problem is said once', () => {
  expect(printed(`r.yaml:4: ${first}`, [examples])).toBe(`error: r.yaml:4: ${first}\n`)
})

test('of several problems the message has one, the list the others, each with one hint', () => {
  const other = { ...examples, path: 'routes[1].exampels' }
  const name = { path: 'routes[1].name', message: 'expected letters.', nearest: 'a-b' }
  expect(
    printed(`r.yaml:4: ${first} (the first of 3 problems)`, [examples, other, name]).split('\n'),
  ).toEqual([
    `error: r.yaml:4: ${first} (the first of 3 problems)`,
    '  routes[1].exampels: unknown field; did you mean examples? (line 4)',
    '  routes[1].name: expected letters. Did you mean a-b?',
    '',
  ])
})
