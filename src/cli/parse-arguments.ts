import { parseArgs } from 'node:util'
import { nearestName } from '../util/nearest-name.ts'
import {
  type Command,
  type Flag,
  type FlagTable,
  type FlagValue,
  flagUsage,
  GLOBAL_FLAGS,
  placeholderOf,
} from './command.ts'
import { usageError } from './usage-error.ts'

interface ParsedArguments {
  readonly flags: Readonly<Record<string, FlagValue>>
  readonly positionals: readonly string[]
}

/**
 * Reads the words after the command by the command's own table.
 * @throws StrataError invalid_request naming the word, what was expected and the nearest name
 */
export function parseArguments(command: Command, words: readonly string[]): ParsedArguments {
  const table: FlagTable = { ...command.flags, ...GLOBAL_FLAGS }
  const values = new Map<string, boolean | string | string[]>()
  const positionals: string[] = []
  for (const token of tokenize(words, table)) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const flag = Object.hasOwn(table, token.name) ? table[token.name] : undefined
    if (!flag) throw unknownFlag(command, token.rawName, Object.keys(table))
    const value = flagValue(token.name, flag, token)
    if (flag.many && typeof value === 'string') {
      const list = values.get(token.name)
      if (Array.isArray(list)) list.push(value)
      else values.set(token.name, [value])
    } else values.set(token.name, value)
  }
  const flags: Record<string, FlagValue> = {}
  for (const [name, flag] of Object.entries(table)) flags[name] = finalValue(name, flag, values.get(name))
  if (flags.help !== true) {
    checkRequired(command, flags)
    checkPositionals(command, positionals)
  }
  return { flags, positionals }
}

function tokenize(words: readonly string[], table: FlagTable) {
  const options: Record<string, { type: 'boolean' | 'string'; short?: string }> = {}
  for (const [name, flag] of Object.entries(table)) {
    options[name] = { type: flag.kind === 'switch' ? 'boolean' : 'string' }
    if (flag.short) options[name].short = flag.short
  }
  return parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true }).tokens
}

function flagValue(
  name: string,
  flag: Flag,
  token: { value?: string | undefined; inlineValue?: boolean | undefined },
): boolean | string {
  if (flag.kind === 'switch') {
    if (token.value !== undefined) {
      throw usageError(`--${name} takes no value, got "${token.value}". Write --${name} alone.`)
    }
    return true
  }
  if (token.value === undefined) throw usageError(`${flagUsage(name, flag)}: a value is missing.`)
  // parseArgs takes the next word whatever it is; a flag there means that the value was forgotten.
  const looksLikeFlag = /^--?[a-z]/i.test(token.value) && token.inlineValue !== true
  if (looksLikeFlag) {
    throw usageError(
      `${flagUsage(name, flag)}: a value is missing before ${token.value}. ` +
        `If it is the value, write --${name}=${token.value}.`,
    )
  }
  return token.value
}

function finalValue(name: string, flag: Flag, given: boolean | string | string[] | undefined): FlagValue {
  if (flag.kind === 'switch') return given === true
  if (flag.many) return Array.isArray(given) ? given : []
  if (typeof given !== 'string') return undefined
  if (flag.choices && !flag.choices.includes(given)) {
    const nearest = nearestName(given, flag.choices)
    throw usageError(
      `--${name} expects one of ${flag.choices.join(', ')}, got "${given}".${didYouMean(nearest)}`,
    )
  }
  return flag.kind === 'number' ? numberOf(name, flag, given) : given
}

function numberOf(name: string, flag: Flag, given: string): number {
  const value = given.trim() === '' ? Number.NaN : Number(given)
  const [minimum, maximum] = flag.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const isRightKind = flag.integer ? Number.isSafeInteger(value) : Number.isFinite(value)
  if (!isRightKind || value < minimum || value > maximum) {
    const kind = flag.integer ? 'a whole number' : 'a number'
    const range = flag.range ? ` from ${minimum} to ${maximum}` : ''
    throw usageError(`--${name} expects ${kind}${range}, got "${given}".`)
  }
  return value
}

function checkRequired(command: Command, flags: Readonly<Record<string, FlagValue>>): void {
  const missing = Object.entries(command.flags).filter(
    ([name, flag]) => flag.required && flags[name] === undefined,
  )
  if (missing.length === 0) return
  const names = missing.map(([name, flag]) => flagUsage(name, flag)).join(' and ')
  throw usageError(`${command.name} needs ${names}. For example: ${command.examples[0]![0]}`)
}

function checkPositionals(command: Command, given: readonly string[]): void {
  const expected = command.positional
  const maximum = expected?.maximum ?? 0
  if (given.length > maximum) {
    const surplus = given[maximum]!
    throw usageError(
      `${command.name} takes ${countOf(maximum)}, got one more: "${surplus}". See: stratarouter ${command.name} --help`,
    )
  }
  if (!expected) return
  if (given.length < expected.minimum) {
    throw usageError(
      `${command.name} needs ${expected.placeholder} (${expected.summary}). For example: ${command.examples[0]![0]}`,
    )
  }
  const first = given[0]
  if (first !== undefined && expected.choices && !expected.choices.includes(first)) {
    const nearest = nearestName(first, expected.choices)
    throw usageError(
      `${command.name} expects one of ${expected.choices.join(', ')}, got "${first}".${didYouMean(nearest)}`,
    )
  }
}

function unknownFlag(command: Command, rawName: string, names: readonly string[]) {
  const nearest = nearestName(rawName.replace(/^-+/, ''), names)
  const remedy = nearest
    ? `Did you mean --${nearest}${suffixOf(command, nearest)}?`
    : `See: stratarouter ${command.name} --help. A text that begins with a dash goes after "--".`
  return usageError(`${command.name} has no flag ${rawName}. ${remedy}`, {
    path: rawName,
    message: `${command.name} has no flag ${rawName}`,
    got: rawName,
    ...(nearest ? { nearest: `--${nearest}` } : {}),
  })
}

function suffixOf(command: Command, name: string): string {
  const flag = command.flags[name]
  return flag && flag.kind !== 'switch' ? ` ${placeholderOf(flag)}` : ''
}

function didYouMean(nearest: string | undefined): string {
  return nearest ? ` Did you mean ${nearest}?` : ''
}

function countOf(maximum: number): string {
  if (maximum === 0) return 'no words besides its flags'
  return maximum === 1 ? 'one word besides its flags' : `${maximum} words besides its flags`
}
