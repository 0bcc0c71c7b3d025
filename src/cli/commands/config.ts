import { defineCommand } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { tableLines } from '../table.ts'
import { printable } from '../text-layout.ts'

/** On a narrower terminal the values matter more. */
const WIDTH_WITH_VARIABLES = 120

export const config = defineCommand({
  name: 'config',
  summary: 'Show each setting and where it came from',
  description:
    'explain prints every setting with its value, where that came from (default, file, environment, flag) and the variable that sets it; secrets are masked. ' +
    'schema prints the JSON Schema of the configuration file, for editors.',
  positional: {
    placeholder: 'WHAT',
    summary: 'explain or schema',
    kind: 'text',
    choices: ['explain', 'schema'],
    minimum: 1,
    maximum: 1,
  },
  flags: {
    config: {
      kind: 'file',
      summary: 'Configuration file; STRATAROUTER_CONFIG or ./stratarouter.yaml if not given',
    },
  },
  json: 'explain: {file, notes, settings: [{path, value, source, variable, description}]}; schema: the JSON Schema.',
  examples: [
    ['stratarouter config explain', 'every setting and where it came from'],
    ['stratarouter config schema > stratarouter.schema.json', 'completion and checks for your editor'],
  ],
  async run({ flags, positionals, terminal }) {
    const { configJsonSchema, explain, loadConfig } = await import('../../config/index.ts')
    if (positionals[0] === 'schema') {
      if (terminal.json) await terminal.printJson(configJsonSchema)
      else await terminal.print(JSON.stringify(configJsonSchema, null, 2))
      return EXIT_CODES.ok.code
    }
    const loaded = loadConfig(flags.config === undefined ? {} : { file: flags.config })
    const settings = explain(loaded)
    if (terminal.json) {
      await terminal.printJson({ file: loaded.file, notes: loaded.notes, settings })
      return EXIT_CODES.ok.code
    }
    await terminal.print(`Configuration file: ${loaded.file ?? 'none'}`)
    await terminal.print()
    const showsVariables = terminal.width >= WIDTH_WITH_VARIABLES
    const rows = settings.map((setting) => {
      const isDefault = setting.source === 'default'
      return [
        { text: setting.path, ...(isDefault ? {} : { style: 'bold' as const }) },
        valueText(setting.value),
        { text: setting.source, ...(isDefault ? { style: 'dim' as const } : { style: 'cyan' as const }) },
        ...(showsVariables ? [{ text: setting.variable, style: 'dim' as const }] : []),
      ]
    })
    const columns = [
      { title: 'setting' },
      { title: 'value', flexible: true as const },
      { title: 'from' },
      ...(showsVariables ? [{ title: 'variable' }] : []),
    ]
    for (const line of tableLines(columns, rows, terminal, 0)) await terminal.print(line)
    for (const note of loaded.notes) terminal.note(`note: ${printable(note)}`)
    return EXIT_CODES.ok.code
  },
})

function valueText(value: unknown): string {
  if (value === undefined) return '–'
  return printable(typeof value === 'string' ? value : JSON.stringify(value))
}
