import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { anchorsIn, brokenLinks, linksIn, markdownFiles, repositoryRoot } from './markdown-links.ts'

describe('links in Markdown', () => {
  const files = markdownFiles()

  it('are looked for in every page', () => {
    expect(files).toContain('README.md')
    expect(files).toContain(join('docs', 'guides', 'quick-start.md'))
    expect(files).toContain(join('src', 'core', 'README.md'))
  })

  it.each(files)('of %s lead to files and headings that are there', (file) => {
    expect(brokenLinks(file, readFileSync(join(repositoryRoot, file), 'utf8'))).toEqual([])
  })
})

describe('the reader of links', () => {
  it('finds links and pictures, but none in code and none to other sites', () => {
    const text = 'a [b](c.md#d) ![e](f.svg) [g](https://example.org/h) `[i](j)`\n```\n[k](l)\n```\n'
    expect(linksIn(text)).toEqual(['c.md#d', 'f.svg'])
  })

  it('names headings as viewers do', () => {
    expect([...anchorsIn('# `POST /v1/route`\n## ERROR_CODES, a table\n```\n# no\n```\n')]).toEqual([
      'post-v1route',
      'error_codes-a-table',
    ])
  })

  it('notices a file and a heading that are missing', () => {
    expect(brokenLinks('README.md', '# One\n[a](nowhere.md) [b](#one) [c](#two) [d](docs/)')).toEqual([
      'README.md: nowhere.md is not there',
      'README.md: #two names no heading',
    ])
  })
})
