import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ItemBook, type ItemBookLimits } from './item-book.ts'

const LIMITS: ItemBookLimits = { bytes: 3000, tenantBytes: 2000, tenantItems: 4, itemBytes: 900 }

const item = (id: string, text = '') => ({ type: 'message', id, content: text })

describe('a book of items', () => {
  it('gives back what was kept, to the same tenant alone', () => {
    const book = new ItemBook()
    book.keep('a', 'msg_1', item('msg_1', 'Grüße 😀'))
    expect(book.get('a', 'msg_1')).toEqual(item('msg_1', 'Grüße 😀'))
    expect(book.get('b', 'msg_1')).toBeUndefined()
    expect(book.get('a', 'msg_2')).toBeUndefined()
  })

  it('gives each a copy of its own', () => {
    const book = new ItemBook()
    book.keep('a', 'msg_1', { content: [1] })
    expect(book.get('a', 'msg_1')).not.toBe(book.get('a', 'msg_1'))
  })

  it('forgets what was not used for the longest time, of a tenant that has too many', () => {
    const book = new ItemBook(LIMITS)
    for (const id of ['1', '2', '3', '4']) book.keep('a', id, item(id))
    book.get('a', '1')
    book.keep('a', '5', item('5'))
    expect(['1', '2', '3', '4', '5'].filter((id) => book.get('a', id))).toEqual(['1', '3', '4', '5'])
  })

  it('lets no tenant push out another that has used less than its part', () => {
    const book = new ItemBook(LIMITS)
    book.keep('quiet', 'q', item('q'))
    for (let count = 0; count < 100; count++) book.keep('loud', `${count}`, item(`${count}`, 'x'.repeat(300)))
    expect(book.get('quiet', 'q')).toEqual(item('q'))
  })

  it('forgets the tenant that was away for the longest time where all together have too much', () => {
    const book = new ItemBook(LIMITS)
    for (const tenant of ['a', 'b', 'c']) book.keep(tenant, '1', item('1', 'x'.repeat(300)))
    book.get('a', '1')
    book.keep('d', '1', item('1', 'x'.repeat(300)))
    expect(['a', 'b', 'c', 'd'].filter((tenant) => book.get(tenant, '1'))).toEqual(['a', 'c', 'd'])
  })

  it('leaves out what is too large, and keeps what it has', () => {
    const book = new ItemBook(LIMITS)
    book.keep('a', '1', item('1'))
    book.keep('a', '2', item('2', 'x'.repeat(1000)))
    expect(book.get('a', '1')).toBeDefined()
    expect(book.get('a', '2')).toBeUndefined()
  })

  it('never exceeds its bounds, and never tells one tenant of the items of another', () => {
    const tenants = ['a', 'b', 'c']
    const ids = ['1', '2', '3', '4', '5', '6', '7', '8']
    const step = fc.record({
      keeps: fc.boolean(),
      tenant: fc.constantFrom(...tenants),
      id: fc.constantFrom(...ids),
      length: fc.nat(500),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const book = new ItemBook(LIMITS)
        for (const { keeps, tenant, id, length } of steps) {
          if (keeps) book.keep(tenant, id, { tenant, id, text: 'x'.repeat(length) })
          else expect(book.get(tenant, id) ?? { tenant, id }).toMatchObject({ tenant, id })
          expect(book.bytes).toBeLessThanOrEqual(LIMITS.bytes)
        }
        let texts = 0
        for (const tenant of tenants) {
          const kept = ids.map((id) => book.get(tenant, id)).filter((each) => each !== undefined)
          expect(kept.length).toBeLessThanOrEqual(LIMITS.tenantItems)
          const size = kept.reduce((sum, each) => sum + 2 * JSON.stringify(each).length, 0)
          expect(size).toBeLessThanOrEqual(LIMITS.tenantBytes)
          texts += size
        }
        expect(book.bytes).toBeGreaterThanOrEqual(texts)
      }),
    )
  })
})
