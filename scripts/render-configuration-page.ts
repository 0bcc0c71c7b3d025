import type { JsonSchema, Setting } from '../src/config/index.ts'

/** `docs/reference/configuration.md` from the schema. */
export function renderConfigurationPage(settings: readonly Setting[]): string {
  const groups = Map.groupBy(settings, (setting) => setting.path.split('.')[0] as string)
  const sections = [...groups].map(([group, members]) => {
    const rows = members.map(
      ({ path, variable, schema, secret }) =>
        `| \`${path}\` | ${typeOf(schema)}${secret ? ', secret' : ''} | ${defaultOf(schema)} | ${schema.description} | \`${variable}\` |`,
    )
    const table = `## ${group}\n\n| setting | type | default | meaning | variable |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`
    return [table, ...members.flatMap(({ path, schema }) => entryTable(path, schema))].join('\n')
  })
  return `# Configuration

<!-- Written by scripts/write-reference.ts from src/config/schema.ts. -->

Settings come from three places, each beating the one before: a file, the environment, flags of the command line.
\`stratarouter config explain\` prints each setting, its value and where that came from.

- **File**: YAML or JSON, named by \`--config\` or \`STRATAROUTER_CONFIG\`; otherwise \`stratarouter.yaml\`, \`.yml\` or \`.json\` in the
  working directory, where there is one. \`stratarouter config schema\` prints its JSON Schema for editors.
- **Environment**: the name of each setting below. Lists are separated by commas; entries by name are JSON.
  \`PORT\` also sets \`server.port\`; \`SR_PORT\`, \`SERVER_PORT\`, \`SR_WORKERS\` and \`SR_LOG_LEVEL\` still work, with a note that they are deprecated.
  \`CACHE_SIMILARITY_THRESHOLD\` is refused: a similarity says nothing about how often a cached answer is wrong.
- **Unknown names** are refused, with the nearest known one; all problems are reported at once.
- **Paths** are relative to the file that names them, otherwise to the working directory.
- **Secrets** may be \`file:/path\` or \`env:NAME\`; written down as they are they work, with a warning. They are never shown.

${sections.join('\n')}`
}

/** What each entry of a setting holds that has entries of any name. */
function entryTable(path: string, { additionalProperties }: JsonSchema): string[] {
  if (typeof additionalProperties !== 'object' || !additionalProperties.properties) return []
  const rows = fieldRows(additionalProperties, '')
  return [
    `Each entry of \`${path}\`:\n\n| field | type | meaning |\n| --- | --- | --- |\n${rows.join('\n')}\n`,
  ]
}

function fieldRows({ properties = {}, required = [] }: JsonSchema, prefix: string): string[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    const nested = field.properties ? field : (field.items?.properties && field.items) || undefined
    const need = required.includes(name) ? ', required' : ''
    const secret = field.secret ? ', secret' : ''
    const row = `| \`${path}\` | ${typeOf(field)}${secret}${need} | ${field.description ?? ''} |`
    return nested ? [row, ...fieldRows(nested, `${path}${field.items ? '[]' : ''}.`)] : [row]
  })
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(' \\| ')
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.type === 'integer') return `whole number, ${schema.minimum}..${schema.maximum}`
  if (schema.type === 'array') return schema.items?.type === 'object' ? 'list' : 'list of text'
  if (schema.type === 'object') return schema.properties ? 'fields below' : 'entries by name'
  if (schema.type === 'boolean') return 'true or false'
  return schema.type === 'string' ? 'text' : String(schema.type)
}

function defaultOf(schema: JsonSchema): string {
  return schema.default === undefined ? 'unset' : `\`${JSON.stringify(schema.default)}\``
}
