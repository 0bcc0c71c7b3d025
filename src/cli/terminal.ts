import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'magenta'

/** Where a command prints, and what it may assume about who reads. */
export interface Terminal {
  readonly json: boolean
  readonly quiet: boolean
  /** Columns to lay tables out in, 40..160. */
  readonly width: number
  /** True when standard error is a terminal, so that a progress bar may redraw its line. */
  readonly animated: boolean
  /** One line of result on standard output. Awaits when the reader is slower than we are. */
  print(line?: string): Promise<void>
  /** Exactly one JSON value, on one line of standard output. */
  printJson(value: unknown): Promise<void>
  /** A remark on standard error; nothing when quiet or when a program reads. */
  note(line: string): void
  /** Text on standard error as it is. */
  writeError(text: string): void
  /** Styled for standard output, or unchanged when that has no colours. */
  style(style: Style | readonly Style[], text: string): string
  /** The same for standard error. */
  styleError(style: Style | readonly Style[], text: string): string
}

interface TerminalOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly noColor: boolean
  readonly environment?: NodeJS.ProcessEnv
}

export function openTerminal(options: TerminalOptions): Terminal {
  const environment = options.environment ?? process.env
  const outColours = hasColours(process.stdout, options.noColor, environment)
  const errorColours = hasColours(process.stderr, options.noColor, environment)
  const paint = (enabled: boolean) => (style: Style | readonly Style[], text: string) =>
    enabled
      ? styleText(typeof style === 'string' ? style : [...style], text, { validateStream: false })
      : text
  const terminal: Terminal = {
    json: options.json,
    quiet: options.quiet,
    width: widthOf(process.stdout, environment),
    animated: process.stderr.isTTY === true && environment.TERM !== 'dumb',
    print: (line = '') => write(`${line}\n`),
    printJson: (value) => write(`${JSON.stringify(value)}\n`),
    note: (line) => {
      if (!options.quiet && !options.json) process.stderr.write(`${line}\n`)
    },
    writeError: (text) => {
      process.stderr.write(text)
    },
    style: paint(outColours),
    styleError: paint(errorColours),
  }
  return terminal
}

function hasColours(stream: WriteStream, noColor: boolean, environment: NodeJS.ProcessEnv): boolean {
  if (noColor || isSet(environment.NO_COLOR)) return false
  if (isSet(environment.FORCE_COLOR)) return !['0', 'false'].includes(environment.FORCE_COLOR ?? '')
  return stream.isTTY === true && environment.TERM !== 'dumb'
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}

function widthOf(stream: WriteStream, environment: NodeJS.ProcessEnv): number {
  const columns = stream.columns ?? Number(environment.COLUMNS)
  return Math.min(160, Math.max(40, Number.isInteger(columns) && columns > 0 ? columns : 100))
}

/** Waits for the reader when its pipe is full, so that a long run holds one line at a time. */
function write(text: string): Promise<void> {
  if (process.stdout.write(text)) return Promise.resolve()
  return new Promise((resolve) => process.stdout.once('drain', resolve))
}
