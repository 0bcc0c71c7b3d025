import { defineCommand } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { counted } from '../text-layout.ts'
import { DATABASE_FLAGS, withStores } from '../with-stores.ts'

export const audit = defineCommand({
  name: 'audit',
  summary: 'Check that nobody has changed the audit log',
  description:
    'verify walks the log of management changes, in which each row holds the hash of the one before, and names the first row that is ' +
    'not as it was written. Note the hash that it prints somewhere else: as long as a later run comes past it, nothing before it was rewritten. ' +
    'Ends with 1 when a row is broken.',
  positional: {
    placeholder: 'WHAT',
    summary: 'verify',
    kind: 'text',
    choices: ['verify'],
    minimum: 1,
    maximum: 1,
  },
  flags: {
    expect: {
      kind: 'text',
      placeholder: 'HASH',
      summary: 'A hash that an earlier run printed; it has to be in the log still',
    },
    ...DATABASE_FLAGS,
  },
  json: '{ok, rows, head, broken: {sequence, problem}|null}',
  examples: [
    ['stratarouter audit verify', 'check the whole log'],
    ['stratarouter audit verify --json', 'the same for a program'],
  ],
  async run({ flags, terminal }) {
    return withStores({ flags, mustExist: true }, async ({ audit: log }) => {
      const verdict = await log.verify(flags.expect)
      const { rows, head, broken } = verdict
      if (terminal.json) await terminal.printJson({ ok: broken === null, ...verdict })
      else if (broken === null) {
        await terminal.print(`${counted(rows, 'row')}, all as they were written`)
        if (head !== null) await terminal.print(`last hash ${head}`)
      } else {
        await terminal.print(
          `${terminal.style('red', `row ${broken.sequence} is broken`)}: ${broken.problem}`,
        )
        await terminal.print(`${counted(rows, 'row')} before it, all as they were written`)
      }
      return broken === null ? EXIT_CODES.ok.code : EXIT_CODES.checkFailed.code
    })
  },
})
