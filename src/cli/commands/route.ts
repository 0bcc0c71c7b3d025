import type { Decision, RouteOptions } from '../../contracts/index.ts'
import type { Router } from '../../core/index.ts'
import { StrataError } from '../../errors/index.ts'
import { defineCommand } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { decisionLine, decisionLines } from '../print-decision.ts'
import { printError } from '../print-error.ts'
import { readLines } from '../read-lines.ts'
import { loadRouter, SOURCE_FLAGS } from '../router-source.ts'
import type { Terminal } from '../terminal.ts'
import { grouped } from '../text-layout.ts'

/** As the server's limit for one text; the engine itself takes any length. */
const TEXT_LIMIT_BYTES = 32_768

export const route = defineCommand({
  name: 'route',
  summary: 'Decide where texts go, and say why',
  description:
    'Decides for each TEXT, or for each line of standard input when there is none, which route it belongs to and how sure that is. ' +
    'A set of hundreds of routes takes seconds to compile: fit it once and use --snapshot.',
  positional: {
    placeholder: 'TEXT',
    summary: 'a message, quoted; several are decided one by one',
    kind: 'text',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
  },
  flags: {
    ...SOURCE_FLAGS,
    'top-k': {
      kind: 'number',
      integer: true,
      range: [1, 100],
      summary: 'Candidates to show; 3 if not given',
    },
    explain: {
      kind: 'switch',
      summary: 'Show nearest examples, words, rules and what would change the decision',
    },
    threshold: {
      kind: 'number',
      range: [0, 1],
      placeholder: '0..1',
      summary: "Confidence needed, instead of the route file's",
    },
    context: { kind: 'text', many: true, summary: 'A previous message of the conversation, oldest first' },
    include: { kind: 'text', many: true, placeholder: 'NAME', summary: 'Only this route or tag' },
    exclude: { kind: 'text', many: true, placeholder: 'NAME', summary: 'Not this route or tag' },
  },
  json: 'One Decision a line, in the order of the texts: {route, confidence, outOfScope, threshold, reason, candidates, metadata, snapshot, latencyUs}, with intents and explanation where they apply.',
  examples: [
    ['stratarouter route "where is my refund?" --explain', 'one decision and its reasons'],
    ['stratarouter route --routes routes.yaml --json < messages.txt', 'one JSON decision a line'],
  ],
  async run({ flags, positionals, terminal }) {
    const options: RouteOptions = {
      topK: flags['top-k'] ?? 3,
      ...(flags.explain ? { explain: true } : {}),
      ...(flags.threshold === undefined ? {} : { threshold: flags.threshold }),
      ...(flags.context.length > 0 ? { context: flags.context } : {}),
      ...(flags.include.length > 0 ? { include: flags.include } : {}),
      ...(flags.exclude.length > 0 ? { exclude: flags.exclude } : {}),
    }
    const { router } = await loadRouter(flags, terminal)
    if (positionals.length === 0) return routeLines(router, options, terminal)
    const detailed = positionals.length === 1 || flags.explain
    for (const [index, text] of positionals.entries()) {
      const bytes = Buffer.byteLength(text)
      if (bytes > TEXT_LIMIT_BYTES) throw textTooLong(`TEXT ${index + 1}`, bytes, 'Shorten it.')
      await show(text, router.route(text, options), detailed, terminal)
    }
    if (positionals.length > 1 && positionals.every((text) => /^\S+$/.test(text))) {
      terminal.note(
        `Each word was decided alone. Quote a message of several words: "${positionals.join(' ')}"`,
      )
    }
    return EXIT_CODES.ok.code
  },
})

/** Line by line, so that a pipe that never ends is answered as it goes. A refused line does not stop the others. */
async function routeLines(router: Router, options: RouteOptions, terminal: Terminal): Promise<number> {
  if (process.stdin.isTTY) terminal.note('One message a line; Ctrl-D ends.')
  let exitCode: number = EXIT_CODES.ok.code
  for await (const line of readLines(process.stdin, TEXT_LIMIT_BYTES)) {
    try {
      if (line.text === null)
        throw textTooLong(`line ${line.number}`, line.bytes, 'It was skipped; shorten it.')
      await show(line.text, router.route(line.text, options), options.explain === true, terminal)
    } catch (error) {
      exitCode = printError(error, terminal)
    }
  }
  return exitCode
}

async function show(text: string, decision: Decision, detailed: boolean, terminal: Terminal): Promise<void> {
  if (terminal.json) return terminal.printJson(decision)
  if (!detailed) return terminal.print(decisionLine(text, decision, terminal))
  for (const line of decisionLines(text, decision, terminal)) await terminal.print(line)
  await terminal.print()
}

function textTooLong(where: string, bytes: number, remedy: string): StrataError {
  const limit = `at most ${grouped(TEXT_LIMIT_BYTES)} bytes`
  const message = `A text has ${grouped(bytes)} bytes (${where}), ${limit} were expected. ${remedy}`
  return new StrataError('text_too_long', message, {
    details: [{ path: where, message: limit, got: `${bytes} bytes` }],
  })
}
