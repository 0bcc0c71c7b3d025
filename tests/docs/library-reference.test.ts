import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readMembers } from '../../scripts/read-declarations.ts'
import { libraryReference, libraryReferenceFile } from '../../scripts/write-library-reference.ts'

describe('docs/reference/library.md', () => {
  it('says what the doc comments of the public exports say (node scripts/write-library-reference.ts writes it)', () => {
    expect(readFileSync(libraryReferenceFile, 'utf8')).toBe(libraryReference())
  })
})

describe('the reader of declarations', () => {
  it('splits members at their semicolons only, and takes comments apart', () => {
    const members = readMembers(`
      #private;
      private constructor();
      /** How it went; in one line. */
      readonly report: {
          /** Not of the outer level; */
          readonly seconds: number;
      };
      /**
       * Decides,
       * synchronously.
       * @param text what to decide
       * @throws StrataError \`invalid_request\`
       * @remarks O(1)
       */
      route(text: string, then?: (x: Map<string, number>) => void): void;
    `)
    expect(members.map(({ name, comment }) => [name, comment.summary])).toEqual([
      ['report', 'How it went; in one line.'],
      ['route', 'Decides, synchronously.'],
    ])
    expect(members[1]!.comment).toMatchObject({
      params: [{ name: 'text', text: 'what to decide' }],
      throws: ['StrataError `invalid_request`'],
      remarks: ['O(1)'],
    })
  })

  it('refuses a tag that the page would not show', () => {
    expect(() => readMembers('/** Old. @see x */ a: string;')).not.toThrow()
    expect(() => readMembers('/**\n * Old.\n * @deprecated use b\n */\na: string;')).toThrow('@deprecated')
  })
})
