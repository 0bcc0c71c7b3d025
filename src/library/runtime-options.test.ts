import { expect, expectTypeOf, it } from 'vitest'
import type { z } from 'zod'
import { gatewaySchema } from '../config/gateway-schema.ts'
import type { RuntimeOptions } from './runtime-options.ts'

type Written = z.input<z.ZodObject<typeof gatewaySchema>>
type Settings = Omit<RuntimeOptions, 'routes' | 'router' | 'stores' | 'logger'>

/** The same with nothing read-only, at any depth. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Name in keyof T]: Plain<T[Name]> }
    : T

it('takes what the configuration file takes, by the same names', () => {
  type Own = Plain<Required<Settings>>
  type Theirs = Plain<Required<Written>>
  // Where the schema has a default, undefined stands for it.
  expectTypeOf<keyof Own>().toEqualTypeOf<keyof Theirs>()
  expectTypeOf<Own['providers']>().toEqualTypeOf<NonNullable<Theirs['providers']>>()
  expectTypeOf<Own['models']>().toEqualTypeOf<NonNullable<Theirs['models']>>()
  expectTypeOf<Own['defaultModel']>().toEqualTypeOf<Theirs['defaultModel']>()
  expectTypeOf<Own['tenants']>().toEqualTypeOf<NonNullable<Theirs['tenants']>>()
  expectTypeOf<keyof Own['timeouts']>().toEqualTypeOf<keyof NonNullable<Theirs['timeouts']>>()
  expectTypeOf<keyof Own['execution']>().toEqualTypeOf<keyof NonNullable<Theirs['execution']>>()
  expectTypeOf<keyof Own['budgets']>().toEqualTypeOf<keyof NonNullable<Theirs['budgets']>>()
  expect(Object.keys(gatewaySchema)).toContain('providers')
})
