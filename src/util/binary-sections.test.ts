import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSections, writeSections } from './binary-sections.ts'

const anyName = fc.string().filter((name) => name !== 'sections' && name !== '__proto__')
const anySections = fc.dictionary(anyName, fc.uint8Array({ maxLength: 70 }), { maxKeys: 6 })
const anyHeader = fc.dictionary(anyName, fc.jsonValue())

describe('a file of sections', () => {
  it('gives back the header and every section, aligned, from any place in a buffer', () => {
    fc.assert(
      fc.property(anyHeader, anySections, fc.nat(20), (header, sections, shift) => {
        const file = writeSections('MAGIC123', header, sections)
        const larger = new Uint8Array(file.length + shift)
        larger.set(file, shift)
        const read = readSections('MAGIC123', larger.subarray(shift))
        if (typeof read === 'string') throw new Error(read)
        expect(read.header).toStrictEqual(JSON.parse(JSON.stringify(header)))
        for (const [name, bytes] of Object.entries(sections)) {
          const found = Object.getOwnPropertyDescriptor(read.sections, name)?.value
          expect(found).toStrictEqual(bytes)
          expect(found.byteOffset % 16).toBe(0)
          if (shift === 0) expect(found.buffer).toBe(larger.buffer)
        }
      }),
    )
  })

  it('says what is wrong instead of throwing, whatever the bytes', () => {
    const file = writeSections('MAGIC123', { a: 1 }, { first: new Uint8Array(40), second: new Uint8Array(3) })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.nat(file.length).map((length) => file.subarray(0, length)),
          fc.tuple(fc.nat(file.length - 1), fc.nat(255)).map(([place, value]) => {
            const damaged = file.slice()
            damaged[place] = value
            return damaged
          }),
        ),
        (bytes) => {
          const read = readSections('MAGIC123', bytes)
          if (typeof read === 'string') expect(read).toMatch(/^it/)
          else
            for (const section of Object.values(read.sections))
              expect(section.length).toBeLessThan(bytes.length)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('is refused wherever it is cut off', () => {
    const file = writeSections(
      'MAGIC123',
      { a: 1 },
      { first: new Uint8Array(40), second: new Uint8Array(16) },
    )
    for (let length = 0; length < file.length; length++) {
      expect(readSections('MAGIC123', file.subarray(0, length))).toBeTypeOf('string')
    }
  })

  it('names the magic that it expected', () => {
    expect(readSections('MAGIC123', new TextEncoder().encode('PK\u0003\u0004 some other file'))).toContain(
      'MAGIC123',
    )
  })
})
