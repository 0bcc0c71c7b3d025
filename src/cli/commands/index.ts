import type { Command } from '../command.ts'

/** Every command, in the order of a first hour. Each loads only when it is asked for: start-up time is felt. */
export const COMMANDS = {
  init: async (): Promise<Command> => (await import('./init.ts')).init,
  route: async (): Promise<Command> => (await import('./route.ts')).route,
  lint: async (): Promise<Command> => (await import('./lint.ts')).lint,
  eval: async (): Promise<Command> => (await import('./eval.ts')).evaluate,
  fit: async (): Promise<Command> => (await import('./fit.ts')).fit,
  diff: async (): Promise<Command> => (await import('./diff.ts')).diff,
  serve: async (): Promise<Command> => (await import('./serve.ts')).serve,
  keys: async (): Promise<Command> => (await import('./keys.ts')).keys,
  usage: async (): Promise<Command> => (await import('./usage.ts')).usage,
  audit: async (): Promise<Command> => (await import('./audit.ts')).audit,
  bench: async (): Promise<Command> => (await import('./bench.ts')).bench,
  config: async (): Promise<Command> => (await import('./config.ts')).config,
  doctor: async (): Promise<Command> => (await import('./doctor.ts')).doctor,
  completion: async (): Promise<Command> => (await import('./completion.ts')).completion,
} as const

export type CommandName = keyof typeof COMMANDS

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word)
}

export function loadCommand(name: CommandName): Promise<Command> {
  return COMMANDS[name]()
}

/** All commands, for help, completion and the reference page. */
export function loadAllCommands(): Promise<Command[]> {
  return Promise.all(Object.values(COMMANDS).map((load) => load()))
}
