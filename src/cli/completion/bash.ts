import { type Command, GLOBAL_FLAGS } from '../command.ts'

/** Completion for bash 3.2 and newer. An empty answer makes bash complete file names, which is right for file flags. */
export function bashCompletion(commands: readonly Command[]): string {
  const names = commands.map((command) => command.name).join(' ')
  return `# stratarouter completion for bash.  Load it with:  source <(stratarouter completion bash)
_stratarouter() {
  local current="\${COMP_WORDS[COMP_CWORD]}"
  local previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${names} help"
  else
    case "\${COMP_WORDS[1]} $previous" in
${choiceCases(commands)}
      "help "*) words="${names}" ;;
      *)
        case "\${COMP_WORDS[1]}" in
${commandCases(commands)}
        esac
        ;;
    esac
  fi
  [ -n "$words" ] && COMPREPLY=( $(compgen -W "$words" -- "$current") )
  return 0
}
complete -o bashdefault -o default -F _stratarouter stratarouter
`
}

/** After a flag that takes a value: its choices, or nothing, which means a file name. */
function choiceCases(commands: readonly Command[]): string {
  return commands
    .flatMap((command) =>
      Object.entries(command.flags)
        .filter(([, flag]) => flag.kind !== 'switch')
        .map(
          ([name, flag]) => `      "${command.name} --${name}") words="${flag.choices?.join(' ') ?? ''}" ;;`,
        ),
    )
    .join('\n')
}

function commandCases(commands: readonly Command[]): string {
  return commands
    .map((command) => {
      const flags = Object.keys({ ...command.flags, ...GLOBAL_FLAGS }).map((name) => `--${name}`)
      const choices = command.positional?.choices?.join(' ') ?? ''
      return `          ${command.name}) case "$current" in -*) words="${flags.join(' ')}" ;; *) words="${choices}" ;; esac ;;`
    })
    .join('\n')
}
