import { type Command, type FlagTable, GLOBAL_FLAGS } from '../command.ts'

/** Completion for fish, with what each command and flag does. */
export function fishCompletion(commands: readonly Command[]): string {
  const lines = commands.map(
    (command) =>
      `complete -c stratarouter -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.summary)}`,
  )
  for (const command of commands) {
    const condition = quoted(`__fish_seen_subcommand_from ${command.name}`)
    const { positional } = command
    if (positional?.choices) {
      lines.push(`complete -c stratarouter -n ${condition} -f -a ${quoted(positional.choices.join(' '))}`)
    } else if (positional?.kind !== 'file') lines.push(`complete -c stratarouter -n ${condition} -f`)
    const table: FlagTable = { ...command.flags, ...GLOBAL_FLAGS }
    for (const [name, flag] of Object.entries(table)) {
      const short = flag.short ? ` -s ${flag.short}` : ''
      const choices = flag.choices ? ` -x -a ${quoted(flag.choices.join(' '))}` : ''
      const value =
        flag.kind === 'switch' || choices
          ? ''
          : flag.kind === 'file' || flag.kind === 'folder'
            ? ' -r -F'
            : ' -x'
      lines.push(
        `complete -c stratarouter -n ${condition} -l ${name}${short}${value}${choices} -d ${quoted(flag.summary)}`,
      )
    }
  }
  return `# stratarouter completion for fish.  Load it with:  stratarouter completion fish | source\n${lines.join('\n')}\n`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
