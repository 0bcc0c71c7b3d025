import type { OpenApiDocument, OpenApiOperation, Schema } from './openapi.ts'
import { operationsOf, typeText } from './read-openapi.ts'

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: #3b6ef5 }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem }
h2 { border-bottom: 1px solid var(--line); margin-top: 3rem }
section { margin: 2rem 0 }
h3 { font-size: 1rem; margin-bottom: .25rem }
code, pre { font: 14px/1.5 ui-monospace, monospace }
pre { background: var(--soft); overflow-x: auto; padding: .75rem }
table { border-collapse: collapse; font-size: .95rem; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .5rem; text-align: left; vertical-align: top }
a { color: var(--accent) } .method { color: var(--accent); font-weight: 700 }
`

/** `/docs`: the OpenAPI document as one page, with neither scripts nor anything fetched from elsewhere. */
export function renderReferencePage(document: OpenApiDocument, url: string): string {
  const groups = document.tags.map(({ name }) => {
    const operations = operationsOf(document).filter(({ operation }) => operation.tags.includes(name))
    return `<h2>${escapeHtml(name)}</h2>${operations.map((entry) => section(entry.method, entry.path, entry.operation, url)).join('')}`
  })
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) =>
      `<section id="schema-${escapeHtml(name)}"><h3><code>${escapeHtml(name)}</code></h3>${fields(schema)}</section>`,
  )
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(document.info.title)} HTTP interface</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(document.info.title)} ${escapeHtml(document.info.version)}</h1>
<p>${escapeHtml(document.info.description)} Also as <a href="/openapi.json">OpenAPI 3.1</a>.</p>
${groups.join('\n')}<h2>Schemas</h2>${schemas.join('\n')}</body></html>`
}

function section(method: string, path: string, operation: OpenApiOperation, url: string): string {
  const example = operation.requestBody?.content['application/json']?.example
  const body = operation.requestBody?.content['application/json']?.schema
  const answers = Object.entries(operation.responses).map(([status, { description, content }]) => {
    const [type, first] = Object.entries(content ?? {})[0] ?? []
    const what =
      first === undefined
        ? ''
        : type === 'application/json'
          ? schemaLink(first.schema)
          : escapeHtml(type ?? '')
    return `<tr><td>${status}</td><td>${inline(description)}</td><td>${what}</td></tr>`
  })
  return `<section id="${escapeHtml(operation.operationId)}">
<h3><span class="method">${method}</span> <code>${escapeHtml(path)}</code></h3>
<p>${inline(operation.summary)} ${inline(operation.description ?? '')}</p>
${parameters(operation)}${body ? `<p>Body: ${schemaLink(body)}</p>` : ''}
<pre>${escapeHtml(curl(method, path, example, url))}</pre>
<table><tr><th>Status</th><th>Meaning</th><th>Body</th></tr>${answers.join('')}</table></section>`
}

function parameters(operation: OpenApiOperation): string {
  if (!operation.parameters) return ''
  const rows = operation.parameters.map(
    ({ name, in: place, description }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${place}</td><td>${inline(description)}</td></tr>`,
  )
  return `<table><tr><th>Parameter</th><th>In</th><th></th></tr>${rows.join('')}</table>`
}

function fields(schema: Schema): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const required = schema.required?.includes(name) ? '' : ' (optional)'
    return `<tr><td><code>${escapeHtml(name)}</code>${required}</td><td>${schemaLink(property)}</td><td>${inline(property.description ?? '')}</td></tr>`
  })
  return `<table><tr><th>Field</th><th>Type</th><th></th></tr>${rows.join('')}</table>`
}

function schemaLink(schema: Schema): string {
  return escapeHtml(typeText(schema)).replace(
    /\b[A-Z]\w+/g,
    (name) => `<a href="#schema-${name}">${name}</a>`,
  )
}

function curl(method: string, path: string, example: unknown, url: string): string {
  const verb = method === 'GET' || (method === 'POST' && example !== undefined) ? '' : ` -X ${method}`
  const body =
    example === undefined
      ? ''
      : ` \\\n  -H 'content-type: application/json' \\\n  -d '${JSON.stringify(example).replaceAll("'", "'\\''")}'`
  return `curl${verb} ${url}${path}${body}`
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const inline = (text: string): string =>
  escapeHtml(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*([^*]+)\*/g, '<em>$1</em>')
