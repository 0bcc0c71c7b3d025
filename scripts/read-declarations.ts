// Reads the public exports of the package from the declarations that the compiler emits, which keep the comments.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A doc comment taken apart. Every text is one line of Markdown. */
export interface DocComment {
  readonly summary: string
  readonly params: readonly { readonly name: string; readonly text: string }[]
  readonly returns: readonly string[]
  readonly throws: readonly string[]
  readonly remarks: readonly string[]
  readonly see: readonly string[]
}

/** A declaration or a member: its code without comments, and its comment. */
export interface Declared {
  readonly name: string
  readonly code: string
  readonly comment: DocComment
}

export type DeclarationKind = 'function' | 'class' | 'const' | 'interface' | 'type'

export interface Declaration extends Declared {
  readonly kind: DeclarationKind
  /** Public members of a class or interface, or of a constant or type that is an object, in order. */
  readonly members: readonly Declared[]
}

/** Emits declarations for `src` and reads the exports of each entry, given as `index.d.ts` of the emitted tree. */
export function readExports(entries: readonly string[]): ReadonlyMap<string, readonly Declaration[]> {
  const folder = mkdtempSync(join(tmpdir(), 'stratarouter-declarations-'))
  try {
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const words = ['-p', join(root, 'tsconfig.build.json'), '--emitDeclarationOnly', '--outDir', folder]
    const { status, stdout, error } = spawnSync(process.execPath, [compiler, ...words], { encoding: 'utf8' })
    if (error) throw error
    // Sources with errors still have declarations, and other checks tell of the errors.
    return new Map(
      entries.map((entry) => {
        const found = exportsOf(join(folder, entry))
        if (found.size === 0)
          throw new Error(`${entry} exports nothing (tsc ended with ${status}):\n${stdout}`)
        return [entry, [...found.values()]]
      }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Every export of a declaration file by its public name, followed to where it is declared. */
function exportsOf(file: string): Map<string, Declaration> {
  const source = readFileSync(file, 'utf8')
  const found = new Map<string, Declaration>()
  const other = (specifier: string): string => join(dirname(file), specifier.replace(/\.ts$/, '.d.ts'))
  for (const statement of splitItems(source)) {
    const all = /^export \* from '(.+)'$/.exec(statement.code)
    const some = /^export (?:type )?\{([^}]*)\} from '(.+)'$/.exec(statement.code)
    if (all) for (const [name, declaration] of exportsOf(other(all[1]!))) found.set(name, declaration)
    else if (some) {
      const declared = exportsOf(other(some[2]!))
      for (const item of some[1]!.split(',')) {
        const [name, as = name] = item
          .trim()
          .replace(/^type /, '')
          .split(' as ')
        if (!name) continue
        const declaration = declared.get(name)
        if (!declaration)
          throw new Error(`${file} exports ${name} from ${some[2]}, which has no such export.`)
        found.set(as!, { ...declaration, name: as! })
      }
      // A file in which something is not exported ends with an empty list.
    } else if (/^export \{\s*\}$/.test(statement.code)) continue
    else if (statement.code.startsWith('export ')) {
      const declaration = readDeclaration(statement)
      found.set(declaration.name, declaration)
    }
  }
  return found
}

interface Item {
  readonly code: string
  readonly comment: string
}

function readDeclaration({ code, comment }: Item): Declaration {
  const found = /^export (?:declare )?(?:abstract )?(function|class|const|interface|type) ([\w$]+)/.exec(code)
  if (!found) throw new Error(`Expected an exported declaration, got: ${code.slice(0, 100)}`)
  const kind = found[1] as DeclarationKind
  const body = /^[^{]*\{([\s\S]*)\}$/.exec(code)?.[1]
  const hasMembers = kind !== 'function' && body !== undefined && !/^export type \w+ = .*=>/.test(code)
  return {
    name: found[2]!,
    kind,
    code: withoutComments(code.replace(/^export (?:declare )?/, '')),
    comment: parseComment(comment),
    members: hasMembers ? readMembers(body) : [],
  }
}

/** The members of an object type or class body. */
export function readMembers(body: string): Declared[] {
  return (
    splitItems(body)
      // What is read by loops has no name to look up.
      .filter(({ code }) => !/^(?:#|\[|(?:private|protected) )/.test(code))
      .map(({ code, comment }) => {
        // What can be called itself has no name.
        const name = code.startsWith('(') ? '()' : /^(?:static |readonly |get |set )*([\w$]+)/.exec(code)?.[1]
        if (!name) throw new Error(`Expected a member with a name, got: ${code.slice(0, 100)}`)
        return { name, code: code.replace(/^ {4}/gm, ''), comment: parseComment(comment) }
      })
  )
}

/** Splits declarations at the semicolons and closing braces of the outermost level, each with the comment above it. */
function splitItems(source: string): Item[] {
  const items: Item[] = []
  let depth = 0
  let comment = ''
  let code = ''
  const finish = (): void => {
    if (code.trim() !== '') items.push({ code: code.trim(), comment })
    code = ''
    comment = ''
  }
  for (const [token] of source.matchAll(
    /\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|=>|[\s\S]/g,
  )) {
    if (token.startsWith('/*') && depth === 0 && code.trim() === '') comment = token
    else if (token === ';' && depth === 0) finish()
    else {
      if (/^[{([<]$/.test(token)) depth++
      if (/^[})\]>]$/.test(token)) depth--
      code += token
      // The body of a class or interface ends without a semicolon; a type in braces goes on to one.
      if (
        token === '}' &&
        depth === 0 &&
        /^\s*(?:export )?(?:declare )?(?:abstract )?(?:class|interface) /.test(code)
      )
        finish()
    }
  }
  finish()
  return items
}

const withoutComments = (code: string): string => code.replace(/^\s*\/\*[\s\S]*?\*\/\n/gm, '')

function parseComment(comment: string): DocComment {
  const text = comment
    .replace(/^\/\*\*?|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
  const [summary = '', ...tags] = text.split(/^\s*@(?=\w)/m)
  const oneLine = (part: string): string => part.trim().replace(/\s+/g, ' ')
  const withTag = (tag: string): string[] =>
    tags.filter((part) => part.startsWith(`${tag} `)).map((part) => oneLine(part.slice(tag.length)))
  const known = ['param', 'returns', 'throws', 'remarks', 'see']
  const unknown = tags.find((part) => !known.some((tag) => part.startsWith(`${tag} `)))
  if (unknown) throw new Error(`The comment has a tag that the reference does not show: @${oneLine(unknown)}`)
  return {
    summary: oneLine(summary),
    params: withTag('param').map((part) => {
      const [, name, rest] = /^(\S+)\s*(.*)$/.exec(part)!
      return { name: name!, text: rest! }
    }),
    returns: withTag('returns'),
    throws: withTag('throws'),
    remarks: withTag('remarks'),
    see: withTag('see'),
  }
}
