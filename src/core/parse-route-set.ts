import type { RouteDefinition, RouteSet } from '../contracts/index.ts'
import { joinPath, ProblemList } from './parsing/problem-list.ts'
import { type RegexUse, readRules } from './parsing/read-rules.ts'
import {
  type Fields,
  fieldOf,
  isFields,
  readList,
  readNumber,
  readPlainObject,
  readText,
  readTexts,
} from './parsing/read-values.ts'
import { nameAsText } from './training-texts.ts'

export {
  type MessageRow,
  parseLabelledRow,
  parseLabelledRows,
  parseMessageRow,
} from './parsing/parse-labelled-rows.ts'

const MAX_ROUTES = 20_000
/** Examples of all routes together. */
const MAX_EXAMPLES = 1_000_000
const MAX_NAME_LENGTH = 128

const NAME = /^[A-Za-z0-9._:-]{1,128}$/
const SET_FIELDS = ['version', 'routes', 'outOfScope', 'defaults']
const ROUTE_FIELDS = [
  'name',
  'description',
  'examples',
  'negatives',
  'rules',
  'keywords',
  'patterns',
  'threshold',
  'tags',
  'metadata',
  'target',
]
const NAME_FIELDS = ['name', 'id']
const EXAMPLE_FIELDS = ['examples', 'utterances', 'references']
const OTHER_ENCODER = 'the encoder is chosen where the router is made'
const OTHER_SCORING = 'examples are weighed by a trained head'
const RAW_SIMILARITY =
  'it compares raw similarities; set threshold, a confidence, if the default does not suit'
/** Fields of semantic-router files, of 0.1 and of 1, that mean nothing here: accepted, and noted. */
const FOREIGN_SET_FIELDS: Readonly<Record<string, string>> = {
  encoder_type: OTHER_ENCODER,
  encoder_name: OTHER_ENCODER,
  encoder: OTHER_ENCODER,
  sparse_encoder: OTHER_ENCODER,
  router_type: 'there is one kind of router',
  alpha: OTHER_SCORING,
  top_k: OTHER_SCORING,
  aggregation: OTHER_SCORING,
  index: 'the route set holds its own vectors',
  refresh_interval: 'the route set holds its own vectors',
  confidence_threshold: RAW_SIMILARITY,
  calibrator: 'confidence is calibrated by fitting; give labelled data to fit',
}
/** What the older StrataRouter saves beside the routes; its `version` is that of the program. */
const OLDER_STATE_FIELDS: Readonly<Record<string, string>> = {
  version: 'it is that of the program that saved the file',
  mode: 'there is one kind of router',
  dimension: OTHER_ENCODER,
  encoder_config: OTHER_ENCODER,
  threshold: RAW_SIMILARITY,
}
const FOREIGN_ROUTE_FIELDS: Readonly<Record<string, string>> = {
  function_schemas: 'routing does not call functions; put what the application needs into metadata or target',
  function_schema: 'routing does not call functions; put what the application needs into metadata or target',
  llm: 'name the model in target',
  score_threshold: RAW_SIMILARITY,
  confidence_threshold: RAW_SIMILARITY,
}

/**
 * Checks a route set as read from YAML or JSON and brings it into the one form the engine takes.
 * Also takes a bare list of routes, files of semantic-router and route lists of the older StrataRouter.
 * @throws StrataError `invalid_route_set` with every problem in `details`; `invalid_rule` when only rules are wrong
 * @remarks O(size of the input); compiles each regular expression once.
 */
export function parseRouteSet(value: unknown): RouteSet {
  return parseRouteSetWithNotes(value).routeSet
}

/** As `parseRouteSet`, with a sentence for each foreign field that was passed over. */
export function parseRouteSetWithNotes(value: unknown): { routeSet: RouteSet; notes: string[] } {
  const problems = new ProblemList()
  const notes = new Map<string, string>()
  const routeSet = readRouteSet(value, problems, notes)
  problems.throwIfAny('invalid_route_set', 'The route set')
  return { routeSet, notes: [...notes.values()] }
}

/**
 * One route, checked as it would be in a set.
 * @throws StrataError `invalid_route_set` with every problem in `details`; `invalid_rule` when only rules are wrong
 */
export function parseRoute(value: unknown): RouteDefinition {
  const problems = new ProblemList()
  const route = readRoute(value, '', problems, new Map(), { size: 0 })
  problems.throwIfAny('invalid_route_set', 'The route')
  return route
}

function readRouteSet(value: unknown, problems: ProblemList, notes: Map<string, string>): RouteSet {
  if (Array.isArray(value)) return { routes: readRoutes(value, '', problems, notes) }
  if (!isFields(value)) {
    problems.add('', 'expected an object with routes, or a list of routes', { got: value })
    return { routes: [] }
  }
  const isOlderState = Object.hasOwn(value, 'encoder_config')
  if (isOlderState) noteOrRefuse(value, '', ['routes'], OLDER_STATE_FIELDS, problems, notes)
  else noteOrRefuse(value, '', SET_FIELDS, FOREIGN_SET_FIELDS, problems, notes)
  const version = isOlderState ? undefined : fieldOf(value, 'version')
  if (version !== undefined && version !== 1) {
    problems.add('version', 'expected 1, the only version there is', { got: version })
  }
  if (fieldOf(value, 'routes') === undefined) {
    problems.add('routes', 'expected a list of routes; write routes: [] for a set without any')
  }
  const routes = readRoutes(
    readList(fieldOf(value, 'routes'), 'routes', 'routes', problems),
    'routes',
    problems,
    notes,
  )
  const outOfScope = readTexts(fieldOf(value, 'outOfScope'), 'outOfScope', problems)
  const defaults = readDefaults(fieldOf(value, 'defaults'), problems)
  return { routes, ...(outOfScope.length > 0 ? { outOfScope } : {}), ...(defaults ? { defaults } : {}) }
}

function readRoutes(
  values: readonly unknown[],
  path: string,
  problems: ProblemList,
  notes: Map<string, string>,
): RouteDefinition[] {
  if (values.length > MAX_ROUTES) {
    problems.add(
      path,
      `expected at most ${MAX_ROUTES} routes, got ${values.length}; split them into several sets`,
    )
    return []
  }
  const routes: RouteDefinition[] = []
  const positions = new Map<string, string>()
  let examples = 0
  const use: RegexUse = { size: 0 }
  for (const [index, value] of values.entries()) {
    const position = `${path}[${index}]`
    const route = readRoute(value, position, problems, notes, use)
    const earlier = positions.get(route.name)
    if (earlier !== undefined) {
      problems.add(`${position}.name`, `already the name of ${earlier}; join the two or rename one`, {
        got: route.name,
      })
    } else if (route.name !== '') {
      positions.set(route.name, position)
    }
    examples += route.examples.length
    routes.push(route)
  }
  if (examples > MAX_EXAMPLES) {
    problems.add(path, `expected at most ${MAX_EXAMPLES} examples in all, got ${examples}`)
  }
  return routes
}

function readRoute(
  value: unknown,
  path: string,
  problems: ProblemList,
  notes: Map<string, string>,
  use: RegexUse,
): RouteDefinition {
  if (!isFields(value)) {
    problems.add(path, 'expected a route, an object with name and examples', { got: value })
    return { name: '', examples: [] }
  }
  const known = [...ROUTE_FIELDS, ...NAME_FIELDS, ...EXAMPLE_FIELDS]
  noteOrRefuse(value, path, known, FOREIGN_ROUTE_FIELDS, problems, notes)
  const name = readName(value, path, problems)
  const description = readDescription(value, path, problems)
  const examplesField = oneOf(value, path, EXAMPLE_FIELDS, problems)
  const examples = readTexts(fieldOf(value, examplesField), joinPath(path, examplesField), problems)
  const negatives = readTexts(fieldOf(value, 'negatives'), joinPath(path, 'negatives'), problems)
  const rules = readRules(value, path, problems, use)
  const threshold = readNumber(fieldOf(value, 'threshold'), joinPath(path, 'threshold'), 0, 1, problems)
  const tags = readTexts(fieldOf(value, 'tags'), joinPath(path, 'tags'), problems)
  const metadata = readPlainObject(fieldOf(value, 'metadata'), joinPath(path, 'metadata'), problems)
  const target = readPlainObject(fieldOf(value, 'target'), joinPath(path, 'target'), problems)
  if (examples.length === 0) {
    requireSomeMeaning(value, name, description, examplesField, path, problems)
  }
  return {
    name,
    ...(description === undefined ? {} : { description }),
    examples,
    ...(negatives.length > 0 ? { negatives } : {}),
    ...(rules.length > 0 ? { rules } : {}),
    ...(threshold === undefined ? {} : { threshold }),
    ...(tags.length > 0 ? { tags } : {}),
    ...(metadata === undefined ? {} : { metadata }),
    ...(target === undefined ? {} : { target }),
  }
}

/** Without examples the engine learns from description and name, so that one of them or a rule must say something. */
function requireSomeMeaning(
  route: Fields,
  name: string,
  description: string | undefined,
  examplesField: string,
  path: string,
  problems: ProblemList,
): void {
  const given = fieldOf(route, examplesField)
  const isEmpty = given === undefined || (Array.isArray(given) && given.length === 0)
  const hasRules = ['rules', 'keywords', 'patterns'].some((field) => fieldOf(route, field) !== undefined)
  if (!isEmpty || hasRules || description !== undefined || name === '' || nameAsText(name) !== '') return
  problems.add(
    joinPath(path, examplesField),
    'expected an example, a description or a rule, as the name alone says nothing',
  )
}

function readName(route: Fields, path: string, problems: ProblemList): string {
  const field = oneOf(route, path, NAME_FIELDS, problems)
  const value = fieldOf(route, field)
  const where = joinPath(path, field)
  if (typeof value === 'string' && NAME.test(value)) return value
  if (value === undefined) problems.add(where, 'expected a name')
  else {
    const suggestion = typeof value === 'string' || typeof value === 'number' ? validName(String(value)) : ''
    problems.add(where, `expected 1 to ${MAX_NAME_LENGTH} characters of A-Z a-z 0-9 . _ : - as text`, {
      got: value,
      nearest: suggestion === '' ? undefined : suggestion,
    })
  }
  return ''
}

function validName(name: string): string {
  return name
    .slice(0, MAX_NAME_LENGTH * 4)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9._:-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, MAX_NAME_LENGTH)
}

/** An empty description is what tools write for none. */
function readDescription(route: Fields, path: string, problems: ProblemList): string | undefined {
  const value = fieldOf(route, 'description')
  if (value === undefined || (typeof value === 'string' && value.trim() === '')) return undefined
  return readText(value, joinPath(path, 'description'), problems)
}

/** The field of several names for the same thing that is given; the first when none is. */
function oneOf(fields: Fields, path: string, names: readonly string[], problems: ProblemList): string {
  const given = names.filter((name) => fieldOf(fields, name) !== undefined)
  if (given.length > 1) {
    problems.add(joinPath(path, given[1]!), `means the same as ${given[0]}; give only one of them`)
  }
  return given[0] ?? names[0]!
}

function readDefaults(value: unknown, problems: ProblemList): RouteSet['defaults'] | undefined {
  if (value === undefined) return undefined
  if (!isFields(value)) {
    problems.add('defaults', 'expected an object with threshold or maxErrorRate', { got: value })
    return undefined
  }
  const known = ['threshold', 'maxErrorRate']
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) problems.unknownField('defaults', name, value[name], known)
  }
  const threshold = readNumber(fieldOf(value, 'threshold'), 'defaults.threshold', 0, 1, problems)
  const maxErrorRate = readNumber(fieldOf(value, 'maxErrorRate'), 'defaults.maxErrorRate', 0, 1, problems)
  return {
    ...(threshold === undefined ? {} : { threshold }),
    ...(maxErrorRate === undefined ? {} : { maxErrorRate }),
  }
}

function noteOrRefuse(
  fields: Fields,
  path: string,
  known: readonly string[],
  foreign: Readonly<Record<string, string>>,
  problems: ProblemList,
  notes: Map<string, string>,
): void {
  for (const name of Object.keys(fields)) {
    if (known.includes(name)) continue
    if (!Object.hasOwn(foreign, name)) problems.unknownField(path, name, fields[name], known)
    else if (fields[name] !== null && !notes.has(name)) {
      notes.set(name, `${joinPath(path, name)} is not used: ${foreign[name]}.`)
    }
  }
}
