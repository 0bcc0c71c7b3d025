import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BARS } from '../../benchmarks/quality/bars.ts'
import { runGuide } from '../../scripts/guide-commands.ts'
import { askAsShown, shownAnswers, withDemo, withoutChance } from '../../scripts/readme-answers.ts'
import { runSnippet, shownOutput } from '../../scripts/run-readme-snippet.ts'
import { readmeFigures, readmeFile, unknownTitles, withFigures } from '../../scripts/write-readme-figures.ts'

const readme = readFileSync(readmeFile, 'utf8')

describe('README.md', () => {
  it('is no longer than a newcomer reads', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(250)
  })

  it('has commands that succeed and print what is shown, durations aside', () => {
    const runs = runGuide(readme)
    expect(runs.map(({ command }) => command.split(' ')[1])).toEqual(['init', 'route', 'fit', 'eval'])
    for (const { command, exitCode, output, shown } of runs) {
      expect(exitCode, `${command}\n${output}`).toBe(0)
      expect(withoutDuration(output), command).toBe(withoutDuration(shown))
    }
  })

  it('has a library snippet that decides as shown', async () => {
    const printed = await runSnippet(readme, 'route.mjs')
    expect(withoutConfidence(printed)).toEqual(withoutConfidence(shownOutput(readme, 'route.mjs')))
    expect(printed).toContain('no match')
  })

  it('has figures as measured (node scripts/write-readme-figures.ts writes them)', () => {
    expect(withFigures(readme, readmeFigures())).toBe(readme)
    expect(unknownTitles(BARS.map(({ title }) => title))).toEqual([])
  })
})

describe('the server of README.md', () => {
  it('answers the curl commands and the client as shown, without a key, and says that no model was asked (node scripts/write-readme-figures.ts writes it)', async () => {
    await withDemo(async (url) => {
      const answers = await askAsShown(readme, url)
      expect(answers.map(withoutChance)).toEqual(shownAnswers(readme).map(withoutChance))
      expect(answers).toHaveLength(2)
      expect(answers[1]).toContain('[demo provider: no language model was asked]')
      expect(await runSnippet(readme, 'ask.mjs', url)).toBe(shownOutput(readme, 'ask.mjs'))
    })
  })
})

const withoutDuration = (text: string): string => text.replaceAll(/ in \d+\.\d+ s/g, '').trimEnd()

const withoutConfidence = (text: string): string => text.replaceAll(/\(\d\.\d+\)/g, '')
