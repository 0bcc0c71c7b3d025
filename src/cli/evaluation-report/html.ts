/** Text that is HTML already; everything else is escaped when put into a template. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Insertable = Markup | string | number | readonly Insertable[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
// HTML has no way to write these down, and bidirectional overrides would reorder what surrounds them.
const FORBIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu

/** A template whose insertions are escaped, for element content and quoted attributes. */
export function html(literals: TemplateStringsArray, ...values: readonly Insertable[]): Markup {
  return new Markup(
    literals
      .map((literal, index) => literal + (index < values.length ? insert(values[index]!) : ''))
      .join(''),
  )
}

function escapeHtml(text: string): string {
  return text.replaceAll(FORBIDDEN, '\ufffd').replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!)
}

function insert(value: Insertable): string {
  if (value instanceof Markup) return value.text
  if (Array.isArray(value)) return value.map(insert).join('')
  return escapeHtml(String(value))
}
