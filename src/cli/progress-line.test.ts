import { expect, test } from 'vitest'
import { progressLine } from './progress-line.ts'
import { openTerminal, type Terminal } from './terminal.ts'

/** Runs one step of progress every half second of a clock that only moves when told. */
function linesOf(steps: number, change: Partial<Terminal>): string {
  let written = ''
  let nowMs = 0
  const terminal: Terminal = {
    ...openTerminal({ json: false, quiet: false, noColor: true }),
    ...change,
    writeError: (text) => {
      written += text
    },
  }
  const progress = progressLine(terminal, { monotonicMs: () => nowMs })
  for (let done = 1; done <= steps; done++) {
    nowMs += 500
    progress.update({ stage: 'fit', done, total: steps })
  }
  progress.end()
  return written
}

test('quick work says nothing where nobody watches', () => {
  expect(linesOf(3, { animated: false })).toBe('')
})

test('long work says a line every two seconds where nobody watches', () => {
  expect(linesOf(10, { animated: false })).toBe('fit: 40%\nfit: 80%\n')
})

test('on a terminal one line is redrawn and taken away at the end', () => {
  const written = linesOf(10, { animated: true })
  expect(written).not.toContain('\n')
  expect(written).toContain('100%')
  expect(written.endsWith('\r\u001b[2K')).toBe(true)
})

test('with --quiet and --json progress is silent', () => {
  expect(linesOf(10, { animated: true, quiet: true })).toBe('')
  expect(linesOf(10, { animated: true, json: true })).toBe('')
})
