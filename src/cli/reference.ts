import { type Command, type FlagTable, flagUsage, GLOBAL_FLAGS } from './command.ts'
import { loadAllCommands } from './commands/index.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { flagSummary, usageLine } from './help.ts'

/** docs/reference/cli.md, written from the tables that the program itself parses and helps by. */
export async function cliReference(): Promise<string> {
  const commands = await loadAllCommands()
  return `# Command line

<!-- Written by scripts/write-cli-reference.ts from src/cli/commands; change it there. -->

\`stratarouter <command> [flags]\`: installed as \`npx stratarouter\`, in a checkout as \`npm run -s cli --\`.

| command | does |
| --- | --- |
${commands.map((command) => `| [\`${command.name}\`](#${command.name}) | ${cell(command.summary)} |`).join('\n')}

Results go to standard output, everything else to standard error. Colours appear on a terminal only.
Errors are one to three lines: what is wrong, where, and what to change. With \`--json\` an error is one line on standard
error, \`{"error": {"code", "message", "details"}}\`. \`STRATAROUTER_DEBUG=1\` adds the stack trace.

## Exit codes

| code | meaning |
| --- | --- |
${Object.values(EXIT_CODES)
  .map(({ code, meaning }) => `| ${code} | ${cell(meaning)} |`)
  .join('\n')}

## Flags of every command

${flagTable(GLOBAL_FLAGS)}

${commands.map(commandSection).join('\n\n')}
`
}

function commandSection(command: Command): string {
  const parts = [`## ${command.name}`, command.description, `\`\`\`\n${usageLine(command)}\n\`\`\``]
  if (command.positional) parts.push(`\`${command.positional.placeholder}\`: ${command.positional.summary}.`)
  if (Object.keys(command.flags).length > 0) parts.push(flagTable(command.flags))
  parts.push(`With \`--json\`: ${command.json}`)
  const examples = command.examples.map(([line, does]) => `# ${does}\n${line}`).join('\n\n')
  parts.push(`\`\`\`sh\n${examples}\n\`\`\``)
  return parts.join('\n\n')
}

function flagTable(flags: FlagTable): string {
  const rows = Object.entries(flags).map(([name, flag]) => {
    const short = flag.short ? `\`-${flag.short}\`, ` : ''
    return `| ${short}\`${cell(flagUsage(name, flag))}\` | ${cell(flagSummary(flag))} |`
  })
  return `| flag | meaning |\n| --- | --- |\n${rows.join('\n')}`
}

/** A bar would end the cell of a Markdown table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
