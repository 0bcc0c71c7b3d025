import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BARS } from '../../benchmarks/quality/bars.ts'
import { runGuide } from '../../scripts/guide-commands.ts'
import { askDemo, shownDecision, withoutChance } from '../../scripts/readme-decision.ts'
import { runSnippet, shownOutput } from '../../scripts/run-readme-snippet.ts'
import { readmeFigures, readmeFile, unknownTitles, withFigures } from '../../scripts/write-readme-figures.ts'

const readme = readFileSync(readmeFile, 'utf8')

describe('README.md', () => {
  it('is no longer than a newcomer reads', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(200)
  })

  it('has commands that succeed and print what is shown, durations aside', () => {
    const runs = runGuide(readme)
    expect(runs.map(({ command }) => command.split(' ')[1])).toEqual(['init', 'route', 'fit', 'eval'])
    for (const { command, exitCode, output, shown } of runs) {
      expect(exitCode, `${command}\n${output}`).toBe(0)
      expect(withoutDuration(output), command).toBe(withoutDuration(shown))
    }
  })

  it('has a library snippet that decides as shown', () => {
    const printed = runSnippet(readme)
    expect(withoutConfidence(printed)).toEqual(withoutConfidence(shownOutput(readme)))
    expect(printed).toContain('no match')
  })

  it('has figures as measured (node scripts/write-readme-figures.ts writes them)', () => {
    expect(withFigures(readme, readmeFigures())).toBe(readme)
    expect(unknownTitles(BARS.map(({ title }) => title))).toEqual([])
  })
})

describe('the server of README.md', () => {
  it('answers the curl command with exactly the decision shown, id and latency aside (node scripts/write-readme-figures.ts writes it)', async () => {
    expect(withoutChance(await askDemo(readme))).toBe(withoutChance(shownDecision(readme)))
  })
})

const withoutDuration = (text: string): string => text.replaceAll(/ in \d+\.\d+ s/g, '').trimEnd()

const withoutConfidence = (text: string): string => text.replaceAll(/\(\d\.\d+\)/g, '')
