import type { Rule, RuleCondition, RuleEffect } from '../../contracts/index.ts'
import { nearestName } from '../../util/nearest-name.ts'
import { MAX_REGEX_SIZE_OF_SET, regexOrProblem } from '../rules/compile-regex.ts'
import { phraseTokens } from '../rules/phrase-tokens.ts'
import { joinPath, type ProblemList } from './problem-list.ts'
import { type Fields, fieldOf, isFields, readList, readNumber, readPlainObject } from './read-values.ts'

/** Rules of one route, those made of its keywords and patterns included. */
const MAX_RULES = 256

const RULE_FIELDS = ['when', 'then', 'priority']
const CONDITION_FIELDS = ['phrase', 'regex', 'flags', 'metadata']
const EFFECTS: readonly RuleEffect[] = ['force', 'forbid', 'favour']
const REGEX_FLAGS = 'ims'

/** What the regular expressions of a set have used up of its limit, counted while it is read. */
export interface RegexUse {
  size: number
}

/** All rules of a route: as written, then a favour rule for each keyword, then a force rule for each pattern. */
export function readRules(route: Fields, path: string, problems: ProblemList, use: RegexUse): Rule[] {
  const written = readList(fieldOf(route, 'rules'), joinPath(path, 'rules'), 'rules', problems)
  const keywords = readList(fieldOf(route, 'keywords'), joinPath(path, 'keywords'), 'phrases', problems)
  const patterns = readList(fieldOf(route, 'patterns'), joinPath(path, 'patterns'), 'patterns', problems)
  const count = written.length + keywords.length + patterns.length
  if (count > MAX_RULES) {
    problems.add(path, `expected at most ${MAX_RULES} rules, keywords and patterns in a route, got ${count}`)
    return []
  }
  const rules = [
    ...written.map((value, index) => readRule(value, `${joinPath(path, 'rules')}[${index}]`, problems, use)),
    ...keywords.map((value, index) => {
      const when = readPhrase(value, `${joinPath(path, 'keywords')}[${index}]`, problems)
      return when && { when, then: 'favour' as const }
    }),
    ...patterns.map((value, index) => {
      const when = readPattern(value, `${joinPath(path, 'patterns')}[${index}]`, problems, use)
      return when && { when, then: 'force' as const }
    }),
  ]
  return rules.filter((rule) => rule !== undefined)
}

function readRule(value: unknown, path: string, problems: ProblemList, use: RegexUse): Rule | undefined {
  if (!isFields(value)) {
    problems.add(path, 'expected a rule such as { when: { phrase: refund }, then: force }', { got: value })
    return undefined
  }
  for (const name of Object.keys(value)) {
    if (!RULE_FIELDS.includes(name)) problems.unknownField(path, name, value[name], RULE_FIELDS)
  }
  const when = readCondition(fieldOf(value, 'when'), `${path}.when`, problems, use)
  const effect = fieldOf(value, 'then')
  const then = EFFECTS.find((known) => known === effect)
  if (then === undefined) {
    problems.add(`${path}.then`, `expected one of ${EFFECTS.join(', ')}`, {
      got: effect,
      nearest: typeof effect === 'string' ? nearestName(effect, EFFECTS) : undefined,
    })
  }
  const priority = readNumber(
    fieldOf(value, 'priority'),
    `${path}.priority`,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    problems,
  )
  if (when === undefined || then === undefined) return undefined
  return priority === undefined ? { when, then } : { when, then, priority }
}

function readCondition(
  value: unknown,
  path: string,
  problems: ProblemList,
  use: RegexUse,
): RuleCondition | undefined {
  if (!isFields(value)) {
    problems.add(path, 'expected one of { phrase }, { regex, flags } and { metadata }', { got: value })
    return undefined
  }
  for (const name of Object.keys(value)) {
    if (!CONDITION_FIELDS.includes(name)) problems.unknownField(path, name, value[name], CONDITION_FIELDS)
  }
  const given = ['phrase', 'regex', 'metadata'].filter((name) => fieldOf(value, name) !== undefined)
  if (given.length !== 1) {
    const got = given.length === 0 ? 'none' : given.join(' and ')
    problems.add(path, `expected exactly one of phrase, regex and metadata, got ${got}; make a rule of each`)
    return undefined
  }
  if (given[0] !== 'regex' && fieldOf(value, 'flags') !== undefined) {
    problems.add(`${path}.flags`, 'flags belong to a regex; remove them', { got: value.flags })
    return undefined
  }
  if (given[0] === 'phrase') return readPhrase(value.phrase, `${path}.phrase`, problems)
  if (given[0] === 'metadata') return readMetadata(value.metadata, `${path}.metadata`, problems)
  return readRegex(value, path, problems, use)
}

function readPhrase(value: unknown, path: string, problems: ProblemList): RuleCondition | undefined {
  if (typeof value === 'string' && phraseTokens(value).length > 0) return { phrase: value }
  problems.add(path, 'expected a phrase with at least one visible character', { got: value })
  return undefined
}

function readMetadata(value: unknown, path: string, problems: ProblemList): RuleCondition | undefined {
  const metadata = readPlainObject(value, path, problems)
  if (metadata === undefined) return undefined
  const entries = Object.entries(metadata)
  if (entries.length === 0)
    problems.add(path, 'expected at least one key; without any the rule always applies')
  for (const [key, entry] of entries) {
    if (!isScalar(entry))
      problems.add(`${path}.${key}`, 'expected text, a number, true or false', { got: entry })
  }
  return entries.length > 0 && isScalarRecord(metadata) ? { metadata } : undefined
}

function readRegex(
  condition: Fields,
  path: string,
  problems: ProblemList,
  use: RegexUse,
): RuleCondition | undefined {
  const { regex } = condition
  const flags = fieldOf(condition, 'flags')
  if (typeof regex !== 'string') {
    problems.add(`${path}.regex`, 'expected a regular expression as text', { got: regex })
    return undefined
  }
  if (flags === undefined) return checkedRegex({ regex }, path, problems, use)
  if (typeof flags !== 'string' || !hasOnlyKnownFlags(flags)) {
    problems.add(`${path}.flags`, `expected any of ${REGEX_FLAGS.split('').join(', ')}, each once`, {
      got: flags,
    })
    return undefined
  }
  return checkedRegex({ regex, flags }, path, problems, use)
}

/** A literal phrase, or `/regex/flags`; without flags case is ignored, as everywhere. */
function readPattern(
  value: unknown,
  path: string,
  problems: ProblemList,
  use: RegexUse,
): RuleCondition | undefined {
  const written = typeof value === 'string' ? /^\/(.+)\/([dgimsuvy]*)$/s.exec(value) : null
  if (written === null) return readPhrase(value, path, problems)
  const [, regex = '', flags = ''] = written
  if (!hasOnlyKnownFlags(flags)) {
    problems.add(
      path,
      `expected flags ${REGEX_FLAGS.split('').join(', ')} only, got ${flags}; remove the others`,
      {
        got: value,
      },
    )
    return undefined
  }
  return checkedRegex(flags === '' ? { regex } : { regex, flags }, path, problems, use)
}

function checkedRegex(
  condition: RuleCondition,
  path: string,
  problems: ProblemList,
  use: RegexUse,
): RuleCondition | undefined {
  // Once the limit is passed, the rest is not compiled: reading must not take longer than what would be accepted.
  if (use.size > MAX_REGEX_SIZE_OF_SET) return undefined
  const result = regexOrProblem(condition, path)
  if (!('message' in result)) {
    use.size += result.size
    if (use.size <= MAX_REGEX_SIZE_OF_SET) return condition
    problems.addRuleProblem({
      path,
      message: `expected regular expressions of at most ${MAX_REGEX_SIZE_OF_SET} instructions in all up to here, got ${use.size}; write plain texts as phrases`,
    })
    return undefined
  }
  problems.addRuleProblem(result)
  return undefined
}

const hasOnlyKnownFlags = (flags: string): boolean =>
  [...flags].every((flag) => REGEX_FLAGS.includes(flag)) && new Set(flags).size === flags.length

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

const isScalarRecord = (value: Fields): value is Readonly<Record<string, string | number | boolean>> =>
  Object.values(value).every(isScalar)
