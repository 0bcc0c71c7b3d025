import { expect, test } from 'vitest'
import { guideNames, readGuide, runGuide } from '../../scripts/guide-commands.ts'

test.each(guideNames())('every command of %s does what the guide says, success or refusal', (name) => {
  const runs = runGuide(readGuide(name))
  expect(runs.length).toBeGreaterThan(0)
  for (const { command, exitCode, output, shown } of runs) {
    const outcome = exitCode === 0 ? 'success' : 'refusal'
    const promised = /^error\b/m.test(shown) ? 'refusal' : 'success'
    expect(outcome, `${command}\n${output}`).toBe(promised)
  }
})
