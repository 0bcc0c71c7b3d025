import { h } from './dom.ts'
import { counted } from './words.ts'

/** Examples of a route that can be edited here; the others are kept as they are. */
const MOST_FIELDS = 200

/** A field for each example, and one more on demand. What is in the fields is the state. */
export class ExampleFields {
  readonly element: HTMLElement
  readonly #id: string
  readonly #list = h('ol', { class: 'examples' })
  /** Examples beyond those with a field. */
  readonly #rest: readonly string[]
  #made = 0

  /** @param id begins the ids of the fields */
  constructor(id: string, examples: readonly string[]) {
    this.#id = id
    this.#rest = examples.slice(MOST_FIELDS)
    for (const example of examples.slice(0, MOST_FIELDS)) this.#addField(example)
    this.element = h(
      'fieldset',
      {},
      h('legend', {}, 'Examples'),
      this.#list,
      this.#rest.length === 0
        ? null
        : h(
            'p',
            { class: 'quiet' },
            `${counted(this.#rest.length, 'more example')} without a field here; they stay as they are.`,
          ),
      h(
        'button',
        { type: 'button', id: `${id}-add`, onclick: () => this.#addField('').focus() },
        'Add an example',
      ),
    )
    this.#number()
  }

  /** The examples as they are in the fields, without those left empty. */
  get examples(): string[] {
    const written = this.#fields().map(({ value }) => value.trim())
    return [...written.filter((text) => text !== ''), ...this.#rest]
  }

  #fields(): HTMLTextAreaElement[] {
    return [...this.#list.querySelectorAll('textarea')]
  }

  #addField(example: string): HTMLTextAreaElement {
    const key = `${this.#id}-example-${++this.#made}`
    const field = h('textarea', {
      id: key,
      rows: 1,
      autocomplete: 'off',
      onkeydown: (event) => this.#onKey(event),
    })
    field.value = example
    const remove = h('button', { type: 'button', id: `${key}-remove`, class: 'icon-button' }, '×')
    const item = h('li', {}, field, remove)
    remove.addEventListener('click', () => this.#remove(item))
    this.#list.append(item)
    this.#number()
    return field
  }

  #remove(item: HTMLElement): void {
    const next = item.nextElementSibling ?? item.previousElementSibling
    item.remove()
    this.#number()
    const field = next?.querySelector('textarea')
    if (field) field.focus()
    else document.getElementById(`${this.#id}-add`)?.focus()
  }

  /** Enter goes on to a new example, as in a list that is written down; with Shift it breaks the line. */
  #onKey(event: Event): void {
    const { key, shiftKey, ctrlKey, metaKey, isComposing } = event as KeyboardEvent
    if (key !== 'Enter' || shiftKey || ctrlKey || metaKey || isComposing) return
    event.preventDefault()
    const fields = this.#fields()
    const here = fields.indexOf(event.target as HTMLTextAreaElement)
    const next = fields[here + 1] ?? this.#addField('')
    next.focus()
  }

  #number(): void {
    for (const [index, item] of [...this.#list.children].entries()) {
      item.querySelector('textarea')?.setAttribute('aria-label', `Example ${index + 1}`)
      item.querySelector('button')?.setAttribute('aria-label', `Remove example ${index + 1}`)
    }
  }
}
