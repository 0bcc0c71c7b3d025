import { type Command, type Flag, flagUsage, GLOBAL_FLAGS, placeholderOf } from './command.ts'
import { loadAllCommands } from './commands/index.ts'
import { EXIT_CODES } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'
import { displayWidth, padEnd, wrap } from './text-layout.ts'

const INDENT = '  '

/** `stratarouter --help`: what there is, and what to type first. */
export async function overviewHelp(terminal: Terminal): Promise<string[]> {
  const commands = await loadAllCommands()
  return [
    `${terminal.style('bold', 'stratarouter')} decides where each message of an LLM application goes, with a confidence.`,
    '',
    heading('Usage', terminal),
    `${INDENT}stratarouter <command> [flags]`,
    '',
    heading('Commands', terminal),
    ...definitions(
      commands.map((command) => [command.name, command.summary]),
      terminal,
    ),
    '',
    heading('Start here', terminal),
    ...definitions(
      [
        ['stratarouter init', 'write a routes file to change'],
        ['stratarouter route "where is my refund?"', 'see a decision'],
        ['stratarouter serve --routes routes.yaml', 'answer over HTTP'],
      ],
      terminal,
    ),
    '',
    heading('Exit codes', terminal),
    ...definitions(
      Object.values(EXIT_CODES).map(({ code, meaning }) => [String(code), meaning]),
      terminal,
    ),
    '',
    `${INDENT}stratarouter <command> --help tells more about one; --version prints the version.`,
  ]
}

/** `stratarouter <command> --help`. */
export function commandHelp(command: Command, terminal: Terminal): string[] {
  const flags = Object.entries(command.flags)
  return [
    ...wrap(command.description, terminal.width),
    '',
    heading('Usage', terminal),
    `${INDENT}${usageLine(command)}`,
    '',
    ...(command.positional ? positionalLines(command, terminal) : []),
    ...(flags.length > 0 ? [heading('Flags', terminal), ...flagLines(flags, terminal), ''] : []),
    heading('Everywhere', terminal),
    ...flagLines(Object.entries(GLOBAL_FLAGS), terminal),
    '',
    heading('With --json', terminal),
    ...wrap(command.json, terminal.width - INDENT.length).map((line) => INDENT + line),
    '',
    heading('Examples', terminal),
    ...command.examples.flatMap(([line, does]) => [
      `${INDENT}${terminal.style('dim', `# ${does}`)}`,
      `${INDENT}${line}`,
    ]),
  ]
}

/** `stratarouter fit --routes FILE --out FILE [flags]`: what must be given, in the order of the table. */
export function usageLine(command: Command): string {
  const required = Object.entries(command.flags)
    .filter(([, flag]) => flag.required)
    .map(([name, flag]) => flagUsage(name, flag))
  const hasOptional = Object.values(command.flags).some((flag) => !flag.required)
  return [
    'stratarouter',
    command.name,
    ...positionalUsage(command),
    ...required,
    ...(hasOptional ? ['[flags]'] : []),
  ].join(' ')
}

function positionalUsage(command: Command): string[] {
  const positional = command.positional
  if (!positional) return []
  const { placeholder, minimum, maximum } = positional
  const words = placeholder.split(' ')
  if (maximum > words.length) return minimum === 0 ? [`[${placeholder} …]`] : [`${placeholder} …`]
  return minimum === 0 ? [`[${placeholder}]`] : words
}

function positionalLines(command: Command, terminal: Terminal): string[] {
  const positional = command.positional!
  return [
    heading('Words', terminal),
    ...definitions([[positional.placeholder, positional.summary]], terminal),
    '',
  ]
}

/** What a flag accepts beyond its placeholder, for help and reference. */
export function flagSummary(flag: Flag): string {
  const facts = [
    ...(flag.required ? ['required'] : []),
    ...(flag.range && flag.range[1] !== Number.MAX_SAFE_INTEGER
      ? [`${flag.range[0]}..${flag.range[1]}`]
      : []),
    ...(flag.many ? ['may be repeated'] : []),
  ]
  return facts.length > 0 ? `${flag.summary} (${facts.join('; ')})` : flag.summary
}

function flagLines(flags: readonly (readonly [string, Flag])[], terminal: Terminal): string[] {
  return definitions(
    flags.map(([name, flag]) => {
      const short = flag.short ? `-${flag.short}, ` : ''
      const value = flag.kind === 'switch' ? '' : ` ${placeholderOf(flag)}`
      return [`${short}--${name}${value}`, flagSummary(flag)]
    }),
    terminal,
  )
}

function heading(title: string, terminal: Terminal): string {
  return terminal.style('bold', title)
}

const WIDEST_TERM = 42

/** Terms in one column, what they mean in the next, wrapped to the terminal. */
function definitions(pairs: readonly (readonly [string, string])[], terminal: Terminal): string[] {
  const termWidth = Math.min(WIDEST_TERM, Math.max(...pairs.map(([term]) => displayWidth(term))))
  const meaningWidth = Math.max(20, terminal.width - termWidth - 2 * INDENT.length)
  return pairs.flatMap(([term, meaning]) => {
    const [firstLine = '', ...more] = wrap(meaning, meaningWidth)
    const hanging = ' '.repeat(INDENT.length + termWidth + 2)
    return [
      `${INDENT}${terminal.style('cyan', padEnd(term, termWidth))}  ${firstLine}`,
      ...more.map((line) => hanging + line),
    ]
  })
}
