import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { resilienceGuide, withFailureTable } from '../../scripts/write-failure-table.ts'
import { loadConfig } from '../../src/config/index.ts'

const guide = readFileSync(resilienceGuide, 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'stratarouter-resilience-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const blocks = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)

describe('docs/guides/resilience.md', () => {
  it('says what callers see of each fault as the tests do (node scripts/write-failure-table.ts writes it)', () => {
    expect(guide).toBe(withFailureTable(guide))
  })

  it.each(blocks)('has configuration that loads with nothing to warn of: %#', (text) => {
    const file = join(folder, 'stratarouter.yaml')
    writeFileSync(file, text)
    const environment = Object.fromEntries(
      [...text.matchAll(/env:(\w+)/g)].map(([, name]) => [name, 'a-key']),
    )
    expect(loadConfig({ file, environment, workingDirectory: folder }).notes).toEqual([])
  })

  it('names the defaults that there are', () => {
    const { config } = loadConfig({ environment: {}, workingDirectory: folder, file: fileOf('{}') })
    for (const [setting, value] of Object.entries({ ...config.timeouts, ...config.execution })) {
      // In a comment where the block has another value, else as the value.
      const said = new RegExp(`\\b${setting}: (?:${value}\\b|[^\\n]*default ${value}\\b)`).test(guide)
      const inText = guide.includes(`\`execution.${setting}\` (${value})`)
      expect(said || inText, `${setting}: ${value}`).toBe(true)
    }
  })
})

function fileOf(text: string): string {
  const file = join(folder, 'empty.yaml')
  writeFileSync(file, text)
  return file
}
