import type { Terminal } from './terminal.ts'

/** A flag as one command declares it; parsing, help, completion and the reference page all read this. */
export interface Flag {
  /** `switch` takes no value; `file` and `folder` differ from `text` in what completion offers. */
  readonly kind: 'switch' | 'text' | 'number' | 'file' | 'folder'
  /** One line, no full stop. */
  readonly summary: string
  readonly short?: string
  /** What stands for the value in help, for example `FILE`. */
  readonly placeholder?: string
  readonly choices?: readonly string[]
  /** May be given several times. */
  readonly many?: true
  readonly required?: true
  /** Inclusive range of a number. */
  readonly range?: readonly [minimum: number, maximum: number]
  readonly integer?: true
}

interface Positional {
  readonly placeholder: string
  readonly summary: string
  readonly kind: 'text' | 'file'
  /** What the first of them may be. */
  readonly choices?: readonly string[]
  readonly minimum: number
  readonly maximum: number
}

type ValueOf<F extends Flag> = F extends { kind: 'switch' }
  ? boolean
  : F extends { many: true }
    ? readonly string[]
    : F extends { kind: 'number' }
      ? F extends { required: true }
        ? number
        : number | undefined
      : F extends { required: true }
        ? string
        : string | undefined

/** A value as parsed, before the types know which flag it belongs to. */
export type FlagValue = boolean | string | number | undefined | readonly string[]

export type FlagTable = Readonly<Record<string, Flag>>

interface CommandInput<Flags extends FlagTable = FlagTable> {
  readonly flags: string extends keyof Flags
    ? Readonly<Record<string, FlagValue>>
    : { readonly [Name in keyof Flags]: ValueOf<Flags[Name]> }
  readonly positionals: readonly string[]
  readonly terminal: Terminal
}

export interface Command<Flags extends FlagTable = FlagTable> {
  readonly name: string
  /** One line for the list of commands, no full stop. */
  readonly summary: string
  /** One short paragraph that teaches what the command is for. */
  readonly description: string
  readonly positional?: Positional
  readonly flags: Flags
  /** What `--json` prints, in words; shown in help. */
  readonly json: string
  /** At least two complete command lines with what they do. */
  readonly examples: readonly (readonly [commandLine: string, does: string])[]
  /** @returns the exit code */
  run(input: CommandInput<Flags>): Promise<number>
}

/** Flags that every command understands. */
export const GLOBAL_FLAGS = {
  json: { kind: 'switch', summary: 'Print JSON for programs, and errors as JSON on standard error' },
  quiet: { kind: 'switch', short: 'q', summary: 'Print results only: no progress, no hints' },
  'no-color': { kind: 'switch', summary: 'No colours; NO_COLOR does the same, FORCE_COLOR the opposite' },
  help: { kind: 'switch', short: 'h', summary: 'Show this help' },
} as const satisfies FlagTable

/** Keeps the flag names of `command` in its type, so that `run` receives typed values. */
export function defineCommand<const Flags extends FlagTable>(command: Command<Flags>): Command<Flags> {
  return command
}

/** `--routes FILE` as it is written in help. */
export function flagUsage(name: string, flag: Flag): string {
  if (flag.kind === 'switch') return `--${name}`
  return `--${name} ${placeholderOf(flag)}`
}

export function placeholderOf(flag: Flag): string {
  if (flag.choices) return flag.choices.join('|')
  return flag.placeholder ?? { switch: '', text: 'TEXT', number: 'N', file: 'FILE', folder: 'DIR' }[flag.kind]
}
