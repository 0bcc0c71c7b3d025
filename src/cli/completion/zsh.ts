import { type Command, type Flag, type FlagTable, GLOBAL_FLAGS, placeholderOf } from '../command.ts'

/** Completion for zsh, with what each command and flag does. */
export function zshCompletion(commands: readonly Command[]): string {
  const described = commands.map(
    (command) => `    ${quoted(`${command.name}:${command.summary.replaceAll(':', '\\:')}`)}`,
  )
  return `#compdef stratarouter
# stratarouter completion for zsh.  Load it with:  source <(stratarouter completion zsh)
_stratarouter() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
    help) _describe 'command' commands ;;
${commands.map(commandCase).join('\n')}
  esac
}
if [ "$funcstack[1]" = "_stratarouter" ]; then
  _stratarouter "$@"
else
  compdef _stratarouter stratarouter
fi
`
}

function commandCase(command: Command): string {
  const table: FlagTable = { ...command.flags, ...GLOBAL_FLAGS }
  const specs = Object.entries(table).map(([name, flag]) => quoted(flagSpec(name, flag)))
  const { positional } = command
  if (positional) {
    const action = positional.choices
      ? `(${positional.choices.join(' ')})`
      : positional.kind === 'file'
        ? '_files'
        : ''
    specs.push(quoted(`*:${positional.placeholder}:${action}`))
  }
  return `    ${command.name})\n      _arguments \\\n        ${specs.join(' \\\n        ')}\n      ;;`
}

function flagSpec(name: string, flag: Flag): string {
  const summary = flag.summary.replaceAll(/[\\[\]:]/g, (character) => `\\${character}`)
  const head = `${flag.many ? '*' : ''}--${name}[${summary}]`
  if (flag.kind === 'switch') return head
  const actions = { file: '_files', folder: '_files -/', text: '', number: '' }
  const action = flag.choices ? `(${flag.choices.join(' ')})` : actions[flag.kind]
  return `${head}:${placeholderOf(flag).replaceAll(':', '\\:')}:${action}`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
