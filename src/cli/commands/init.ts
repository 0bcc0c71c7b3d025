import { access } from 'node:fs/promises'
import { defineCommand } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { programName } from '../program-name.ts'
import { STARTER_ROUTES } from '../starter-routes.ts'
import { usageError } from '../usage-error.ts'
import { writeAtomically } from '../write-atomically.ts'

export const init = defineCommand({
  name: 'init',
  summary: 'Write a starter route file with comments that teach',
  description:
    'Writes a small route file that works as it is. Its comments say what each part does; change it to your own routes.',
  positional: {
    placeholder: 'FILE',
    summary: 'where to write; routes.yaml if not given',
    kind: 'file',
    minimum: 0,
    maximum: 1,
  },
  flags: { force: { kind: 'switch', summary: 'Replace the file if it exists' } },
  json: '{file, next}: the file written and the three commands to try next.',
  examples: [
    ['stratarouter init', 'write routes.yaml here'],
    ['stratarouter init config/routes.yaml --force', 'write it elsewhere, replacing what is there'],
  ],
  async run({ flags, positionals, terminal }) {
    const file = positionals[0] ?? 'routes.yaml'
    const exists = await access(file).then(
      () => true,
      () => false,
    )
    if (exists && !flags.force) {
      throw usageError(
        `${file} exists and was left as it is. Name another file, or add --force to replace it.`,
      )
    }
    await writeAtomically(file, STARTER_ROUTES)
    const program = programName()
    const isDefault = file === 'routes.yaml'
    const next = [
      `${program} route "where is my refund?"${isDefault ? '' : ` --routes ${file}`} --explain`,
      `${program} lint --routes ${file}`,
      `${program} serve --routes ${file}`,
    ]
    if (terminal.json) await terminal.printJson({ file, next })
    else {
      await terminal.print(`Wrote ${terminal.style('bold', file)}. Next:`)
      for (const line of next) await terminal.print(`  ${terminal.style('cyan', line)}`)
    }
    return EXIT_CODES.ok.code
  },
})
