// Writes docs/reference/library.md from the declarations of the public entries: node scripts/write-library-reference.ts
import { writeFileSync } from 'node:fs'
import { type Declaration, type Declared, readExports, readMembers } from './read-declarations.ts'

interface Entry {
  readonly specifier: string
  readonly declarations: string
  readonly introduction: string
}

/** In the order of the page. What several entries export is described under the last of them. */
const ENTRIES: readonly Entry[] = [
  {
    specifier: 'stratarouter',
    declarations: 'index.d.ts',
    introduction:
      'What a program needs in the first hour. Exports everything of `stratarouter/core` too, `loadBuiltinEncoder`, and, in Node, `createRuntime`.',
  },
  {
    specifier: 'stratarouter/core',
    declarations: 'core/index.d.ts',
    introduction:
      'The routing engine without an encoder. Pure and synchronous: no files, no network, no clock in a decision, no chance. Runs in Node, browsers and workers.',
  },
  {
    specifier: 'stratarouter/encoders/builtin',
    declarations: 'encoders/builtin/index.d.ts',
    introduction:
      'The encoder that ships with the package. In browsers and workers its weights are fetched from beside the module.',
  },
  {
    specifier: 'stratarouter/encoders/onnx',
    declarations: 'encoders/onnx/index.d.ts',
    introduction:
      'A local sentence model, in Node. Needs the package `onnxruntime-node`, which is not installed with this one.',
  },
  {
    specifier: 'stratarouter/encoders/openai-compatible',
    declarations: 'encoders/openai-compatible/index.d.ts',
    introduction: 'Any service that speaks `/v1/embeddings`. Runs wherever there is `fetch`.',
  },
  {
    specifier: 'stratarouter/runtime',
    declarations: 'library/index.d.ts',
    introduction:
      'The gateway without a server: providers, failover, limits, budgets and cost in one process. In Node. `createRuntime` is exported by `stratarouter` too.',
  },
  {
    specifier: 'stratarouter/ai',
    declarations: 'ai/index.d.ts',
    introduction:
      'Models for the AI SDK (the package `ai`, version 7), routed and with failover inside `generateText`, `streamText` and the rest. In Node.',
  },
  {
    specifier: 'stratarouter/execution',
    declarations: 'execution/index.d.ts',
    introduction:
      'The policies of a call, each usable alone around any operation: `compose(operation, …layers)` puts the first layer outermost. Runs anywhere; clock, timer and chance are handed in.',
  },
  {
    specifier: 'stratarouter/testing',
    declarations: 'testing/index.d.ts',
    introduction:
      'A provider that answers the same every time and fails as it is told, and what every implementation of a store must do. In Node; needs no test runner.',
  },
]

const HEAD = `# Library

<!-- Written by scripts/write-library-reference.ts from the doc comments in src; change them there. -->

ECMAScript modules with types, for Node 22.13 or later; the entries below say what runs in browsers. Every error is a
[\`StrataError\`](#strataerror) with a code of [the table of errors](errors.md). [The quick start](../guides/quick-start.md)
shows the library at work.
`

/** The page as it should be. */
export function libraryReference(): string {
  const exported = readExports(ENTRIES.map(({ declarations }) => declarations))
  const placed = placements(exported)
  // A name that differs from a class only by its first letter is the word for one of them, and its heading comes second.
  const known = new Set(
    [...placed.keys()].filter((name) => !placed.has(capitalized(name)) || name === capitalized(name)),
  )
  const sections = ENTRIES.map((entry) => {
    const all = exported.get(entry.declarations)!
    const here = all.filter(({ name }) => placed.get(name) === entry.declarations)
    const groups = [
      group('Classes', here, ['class']),
      group('Functions', here, ['function']),
      group('Constants', here, ['const']),
      group('Types', here, ['interface', 'type']),
    ].filter(({ items }) => items.length > 0)
    const contents = groups.map(
      ({ title, items }) =>
        `- ${title}: ${items.map(({ name }) => (known.has(name) ? link(name) : `[\`${name}\`](#${name.toLowerCase()}-1)`)).join(', ')}`,
    )
    const bodies = groups.flatMap(({ items }) => items.map((item) => describe(item, known)))
    return [
      `## ${entry.specifier}`,
      withLinks(entry.introduction, known),
      contents.join('\n'),
      ...bodies,
    ].join('\n\n')
  })
  return `${HEAD}\n${sections.join('\n\n')}\n`
}

const capitalized = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1)

/** The entry under which each name is described. */
function placements(exported: ReadonlyMap<string, readonly Declaration[]>): Map<string, string> {
  const placed = new Map<string, string>()
  for (const { declarations } of ENTRIES)
    for (const { name } of exported.get(declarations)!) placed.set(name, declarations)
  return placed
}

function group(
  title: string,
  all: readonly Declaration[],
  kinds: readonly Declaration['kind'][],
): { title: string; items: readonly Declaration[] } {
  const items = all.filter(({ kind }) => kinds.includes(kind))
  return { title, items: [...items].sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

const link = (name: string): string => `[\`${name}\`](#${name.toLowerCase()})`

function describe(declaration: Declaration, known: ReadonlySet<string>): string {
  const { kind, name, members } = declaration
  const parts = [`### ${name}`]
  if (kind === 'function') parts.push(fence(declaration.code), ...commentLines(declaration, known))
  else if (kind === 'class') {
    parts.push(...commentLines(declaration, known), propertyTable(members.filter(isProperty), known))
    for (const member of members.filter((candidate) => !isProperty(candidate)))
      parts.push(
        `#### ${name}: ${member.name}`,
        fence(
          member.name === 'constructor' ? member.code.replace('constructor', `new ${name}`) : member.code,
        ),
        ...commentLines(member, known),
      )
  } else if (kind === 'const')
    parts.push(
      ...commentLines(declaration, known),
      members.length === 0
        ? fence(declaration.code)
        : `One entry for each of ${members.map((m) => `\`${m.name}\``).join(', ')}.`,
    )
  else if (kind === 'interface')
    parts.push(...commentLines(declaration, known), propertyTable(members, known))
  else parts.push(fence(declaration.code), ...commentLines(declaration, known))
  return parts.filter((part) => part !== '').join('\n\n')
}

const isProperty = ({ code }: Declared): boolean => /^(?:readonly |get )/.test(code)

const fence = (code: string): string => `\`\`\`ts\n${code.replace(/^(?:declare |function )+/, '')}\n\`\`\``

function commentLines({ name, comment }: Declared, known: ReadonlySet<string>): string[] {
  const { summary, params, returns, throws, remarks, see } = comment
  if (summary === '')
    throw new Error(`The public export or method ${name} has no comment that says what it is.`)
  const list = [
    ...params.map((param) => `- \`${param.name}\`: ${param.text}`),
    ...returns.map((text) => `- Returns ${text}`),
    ...throws.map((text) => `- Throws ${text.replace(/^StrataError /, '')}`),
    ...remarks.map((text) => `- ${text}`),
    ...see.map((text) => `- See ${text}`),
  ]
  return [withLinks(summary, known), withLinks(list.join('\n'), known)].filter((part) => part !== '')
}

/** A row for each property; those of nested objects follow by their path. */
function propertyTable(members: readonly Declared[], known: ReadonlySet<string>): string {
  if (members.length === 0) return ''
  const rows = members.flatMap((member) => propertyRows(member, '', known))
  return ['| name | type | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}

function propertyRows(member: Declared, path: string, known: ReadonlySet<string>): string[] {
  const { code, comment } = member
  const method = /^[\w$]*\(/.exec(code)
  const found = /^(?:readonly |get )*[\w$]+(?:\(\))?(\?)?(?:: | = )([\s\S]+)$/.exec(code)
  const type = method ? code : (found?.[2] ?? '')
  if (type === '') throw new Error(`Expected a property with a type, got: ${code}`)
  const name = `${path}${member.name}`
  const nested = /^(?:readonly )?\{([\s\S]*)\}(\[\])?$/.exec(type)
  const shown = nested ? (nested[2] ? 'list of objects' : 'object') : typeCell(type, known)
  const notes = [
    comment.summary,
    ...comment.params.map((param) => `\`${param.name}\`: ${param.text}.`),
    ...comment.returns.map((text) => `Returns ${text}.`),
    ...comment.remarks,
  ]
  const meaning = withLinks(notes.join(' ').replaceAll('|', '\\|'), known)
  const row = `| \`${name}\`${found?.[1] ? ' (optional)' : ''} | ${shown} | ${meaning} |`
  if (!nested) return [row]
  const inner = readMembers(nested[1]!)
  return [row, ...inner.flatMap((field) => propertyRows(field, `${name}${nested[2] ?? ''}.`, known))]
}

/** A type as code, with a link to each type of this page in it. */
function typeCell(type: string, known: ReadonlySet<string>): string {
  const code = `\`${type.replace(/\s+/g, ' ').replaceAll('|', '\\|')}\``
  if (known.has(type)) return link(type)
  const names = [...new Set(type.match(/\b[A-Z]\w+/g) ?? [])].filter((name) => known.has(name))
  return [code, ...names.map((name) => `[→](#${name.toLowerCase()})`)].join(' ')
}

/** Backticked names of this page become links. */
function withLinks(text: string, known: ReadonlySet<string>): string {
  return text.replace(/`([A-Za-z]\w+)`/g, (code, name: string) => (known.has(name) ? link(name) : code))
}

export const libraryReferenceFile = new URL('../docs/reference/library.md', import.meta.url)

if (import.meta.main) writeFileSync(libraryReferenceFile, libraryReference())
