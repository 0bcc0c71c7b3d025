import { expect, test } from 'vitest'
import { guideNames, readGuide, runGuide } from '../../scripts/guide-commands.ts'

const runnable = guideNames().filter((name) => readGuide(name).includes('```console'))

test.each(runnable)('every command of %s does what the guide says, success or refusal', (name) => {
  const runs = runGuide(readGuide(name))
  expect(runs.length).toBeGreaterThan(0)
  for (const { command, exitCode, output, shown } of runs) {
    const outcome = exitCode === 0 ? 'success' : 'refusal'
    const promised = /^error\b/m.test(shown) ? 'refusal' : 'success'
    expect(outcome, `${command}\n${output}`).toBe(promised)
    expect(answersIn(output), command).toEqual(answersIn(shown))
  }
})

/** What answers over HTTP decided, stored or refused; curl itself succeeds whatever the answer is. */
const answersIn = (text: string): string[] =>
  [...text.matchAll(/"(?:route|reason|version|state|code)":(?:"[^"]*"|\d+|null)/g)].map(([field]) => field)

test('no guide shows commands that are not run', () => {
  expect(guideNames().filter((name) => /^```(sh|bash|shell)\b/m.test(readGuide(name)))).toEqual([])
})
