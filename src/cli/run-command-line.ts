import { nearestName } from '../util/nearest-name.ts'
import { COMMANDS, type CommandName, isCommandName, loadCommand } from './commands/index.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { parseArguments } from './parse-arguments.ts'
import { printError } from './print-error.ts'
import { openTerminal } from './terminal.ts'
import { usageError } from './usage-error.ts'

/**
 * Runs one command line, given without the program's own name.
 * @returns the exit code; every failure has been told on standard error by then
 */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  // Wanted before the arguments are known to be right, so that complaints about them have the asked-for form.
  const beforeTexts = words.includes('--') ? words.slice(0, words.indexOf('--')) : words
  const terminal = openTerminal({
    json: beforeTexts.includes('--json'),
    quiet: beforeTexts.includes('--quiet') || beforeTexts.includes('-q'),
    noColor: beforeTexts.includes('--no-color'),
  })
  try {
    const [first, ...rest] = words
    if (first === undefined || first === '--help' || first === '-h')
      return await showHelp(undefined, terminal)
    if (first === 'help') return await showHelp(rest[0], terminal)
    if (first === '--version' || first === '-V') {
      const { packageVersion } = await import('../app/package-root.ts')
      await terminal.print(packageVersion)
      return EXIT_CODES.ok.code
    }
    const command = await loadCommand(commandName(first))
    const { flags, positionals } = parseArguments(command, rest)
    if (flags.help === true) return await showHelp(command.name, terminal)
    return await command.run({ flags, positionals, terminal })
  } catch (error) {
    return printError(error, terminal)
  }
}

async function showHelp(
  topic: string | undefined,
  terminal: ReturnType<typeof openTerminal>,
): Promise<number> {
  const { commandHelp, overviewHelp } = await import('./help.ts')
  const lines =
    topic === undefined
      ? await overviewHelp(terminal)
      : commandHelp(await loadCommand(commandName(topic)), terminal)
  for (const line of lines) await terminal.print(line)
  return EXIT_CODES.ok.code
}

function commandName(word: string): CommandName {
  if (isCommandName(word)) return word
  if (word.startsWith('-')) {
    throw usageError(
      `A command was expected before ${word}: it comes first, its flags after it. See: stratarouter --help`,
    )
  }
  const names = Object.keys(COMMANDS)
  const nearest = nearestName(word, names)
  const remedy = nearest ? `Did you mean: stratarouter ${nearest}` : `Expected one of: ${names.join(', ')}.`
  throw usageError(`There is no command "${word}". ${remedy}`, {
    path: '',
    message: `There is no command "${word}"`,
    got: word,
    ...(nearest ? { nearest } : {}),
  })
}
