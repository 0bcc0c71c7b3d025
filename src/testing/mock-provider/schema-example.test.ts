import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { schemaExample } from './schema-example.ts'

const leaf = fc.oneof(
  fc.record({ least: fc.nat(5), more: fc.nat(5) }).map(({ least, more }) =>
    z
      .string()
      .min(least)
      .max(least + more),
  ),
  fc.record({ least: fc.integer({ min: -9, max: 9 }) }).map(({ least }) => z.int().min(least)),
  fc.record({ most: fc.integer({ min: -9, max: 9 }) }).map(({ most }) => z.number().lt(most)),
  fc.constantFrom(z.boolean(), z.null(), z.enum(['a', 'b']), z.literal(7), z.email(), z.iso.datetime()),
)
const { schema } = fc.letrec<{ schema: z.ZodType }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.tuple(tie('schema'), fc.nat(3)).map(([item, least]) => z.array(item).min(least)),
    fc.tuple(tie('schema'), tie('schema')).map(([a, b]) => z.union([a, b])),
    fc
      .tuple(tie('schema'), tie('schema'))
      .map(([needed, optional]) => z.object({ needed, optional: optional.optional() })),
  ),
}))

test('the example of a schema is what the schema allows', () => {
  fc.assert(
    fc.property(schema, (zod) => {
      expect(zod.safeParse(schemaExample(z.toJSONSchema(zod), 'a text')).error).toBeUndefined()
    }),
  )
})

test('a schema that contains itself comes to an end', () => {
  const tree = z.object({
    name: z.string(),
    get children() {
      return z.array(tree)
    },
  })
  expect(tree.safeParse(schemaExample(z.toJSONSchema(tree), 'leaf')).success).toBe(true)
})

test('types in capitals, as Gemini has them, and lists of types are understood', () => {
  const example = schemaExample(
    { type: 'OBJECT', properties: { n: { type: 'INTEGER' }, s: { type: ['string', 'null'] } } },
    'text',
  )
  expect(example).toEqual({ n: 1, s: 'text' })
})
