import type { OpenApiDocument, OpenApiOperation, Schema } from '../src/server/openapi.ts'
import { operationsOf, typeText } from '../src/server/read-openapi.ts'

/** `docs/reference/http.md` from the OpenAPI document. */
export function renderHttpPage(document: OpenApiDocument): string {
  const groups = document.tags.map(({ name }) => {
    const operations = operationsOf(document).filter(({ operation }) => operation.tags.includes(name))
    return `## ${name}\n\n${operations.map((entry) => section(entry.method, entry.path, entry.operation)).join('\n')}`
  })
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `### ${name}\n\n${fields(schema)}`,
  )
  return `# HTTP interface

<!-- Written by scripts/write-reference.ts from the endpoints in src/server/routes. -->

The server speaks JSON on port 8000. The same reference is served as OpenAPI 3.1 at \`/openapi.json\` and as a page at \`/docs\`.

- Every error has the shape of [Error](#error): \`{"error": {"code", "message", "details", "requestId"}}\`. Unknown fields are
  refused, with the nearest known name in \`details\`.
- \`x-request-id\` is taken from the request when it is 1 to 128 of \`A-Z a-z 0-9 . _ : -\`, otherwise made, and always returned.
- A change of a route set is live when it is answered. \`ETag\` is the version of the set; sent back as \`If-Match\` it guards
  against lost updates, \`"0"\` meaning that nothing has been stored yet.
- A server on loopback answers only requests to a loopback name, to \`server.host\` or to a name in \`server.allowedHosts\`; others get
  421 \`host_not_allowed\`, except at \`/health\`, \`/health/live\` and \`/health/ready\`.
- Limits: a body of \`server.bodyLimitBytes\`, each text of \`server.textLimitBytes\`, 64 levels of nesting.

${groups.join('\n')}
## Schemas

${schemas.join('\n')}`
}

function section(method: string, path: string, operation: OpenApiOperation): string {
  const content = operation.requestBody?.content['application/json']
  const example = content?.example
  const curl =
    example === undefined
      ? ''
      : `\`\`\`sh\ncurl${method === 'POST' ? '' : ` -X ${method}`} http://127.0.0.1:8000${path} -H 'content-type: application/json' \\\n  -d '${JSON.stringify(example)}'\n\`\`\`\n\n`
  const answers = Object.entries(operation.responses).map(([status, answer]) => {
    const [type, first] = Object.entries(answer.content ?? {})[0] ?? []
    const what = first === undefined ? '' : type === 'application/json' ? link(first.schema) : `\`${type}\``
    return `| ${status} | ${answer.description} | ${what} |`
  })
  const parameters = (operation.parameters ?? []).map(
    ({ name, in: place, description }) => `| \`${name}\` (${place}) | ${description} |`,
  )
  return `### ${method} ${path}

${operation.summary}${operation.description ? ` ${operation.description}` : ''}

${parameters.length > 0 ? `| parameter | meaning |\n| --- | --- |\n${parameters.join('\n')}\n\n` : ''}${content ? `Body: ${link(content.schema)}\n\n` : ''}${curl}| status | meaning | body |
| --- | --- | --- |
${answers.join('\n')}
`
}

function fields(schema: Schema): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const optional = schema.required?.includes(name) ? '' : ', optional'
    return `| \`${name}\` | ${link(property)}${optional} | ${property.description ?? ''} |`
  })
  return `| field | type | meaning |\n| --- | --- | --- |\n${rows.join('\n')}\n`
}

/** Names of schemas begin with a capital and become links to their heading. */
function link(schema: Schema): string {
  return typeText(schema)
    .replaceAll('|', '\\|')
    .replace(/\b[A-Z]\w+/g, (name) => `[${name}](#${name.toLowerCase()})`)
}
