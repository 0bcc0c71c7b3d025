import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { referencePages } from '../../scripts/write-reference.ts'

describe('the reference pages', () => {
  it.each(Object.entries(referencePages))(
    '%s says what the code says (node scripts/write-reference.ts writes it)',
    (name, render) => {
      const file = new URL(`../../docs/reference/${name}`, import.meta.url)
      expect(readFileSync(file, 'utf8')).toBe(render())
    },
  )
})
