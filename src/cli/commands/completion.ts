import { defineCommand } from '../command.ts'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { zshCompletion } from '../completion/zsh.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { loadAllCommands } from './index.ts'

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

export const completion = defineCommand({
  name: 'completion',
  summary: 'Print the completion script of a shell',
  description:
    'Prints a script that lets your shell complete commands, flags and file names. Load it in the start file of the shell.',
  positional: {
    placeholder: 'SHELL',
    summary: 'bash, zsh or fish',
    kind: 'text',
    choices: ['bash', 'zsh', 'fish'],
    minimum: 1,
    maximum: 1,
  },
  flags: {},
  json: '{shell, script}',
  examples: [
    ['source <(stratarouter completion bash)', 'complete in this shell; put it into ~/.bashrc to keep it'],
    ['stratarouter completion fish > ~/.config/fish/completions/stratarouter.fish', 'install it for fish'],
  ],
  async run({ positionals, terminal }) {
    const shell = positionals[0] as keyof typeof SCRIPTS
    const script = SCRIPTS[shell](await loadAllCommands())
    if (terminal.json) await terminal.printJson({ shell, script })
    else await terminal.print(script.trimEnd())
    return EXIT_CODES.ok.code
  },
})
