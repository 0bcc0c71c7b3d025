import type { RouteDefinition } from '../../src/contracts/index.ts'
import { asProblem } from './api.ts'
import { h } from './dom.ts'
import { ExampleFields } from './example-fields.ts'
import { threshold } from './words.ts'

interface RouteEditorOptions {
  /** Null for a route that is yet to be made. */
  readonly route: RouteDefinition | null
  /** The confidence that routes without a threshold of their own need. */
  readonly setThreshold: number
  /** Stores the route; rejects with what the server said. */
  readonly onSave: (route: RouteDefinition) => Promise<void>
  readonly onDelete?: () => Promise<void>
  readonly onCancel: () => void
}

/** What can be changed here, to be compared. */
const editable = ({ examples, threshold: needed }: RouteDefinition): string =>
  JSON.stringify([examples, needed])

/** The form of one route. It lives on while the page around it is drawn anew; what is in its fields is its state. */
export class RouteEditor {
  readonly element: HTMLFormElement
  readonly #options: RouteEditorOptions
  readonly #id: string
  readonly #fields: ExampleFields
  readonly #name: HTMLInputElement
  readonly #threshold: HTMLInputElement
  readonly #message = h('p', { class: 'refusal', role: 'alert' })
  readonly #actions = h('p', { class: 'actions' })
  #base: RouteDefinition | null

  constructor(options: RouteEditorOptions) {
    const { route, setThreshold } = options
    this.#options = options
    this.#base = route
    this.#id = route ? `edit-${route.name}` : 'new'
    this.#fields = new ExampleFields(this.#id, route?.examples ?? ['', '', ''])
    this.#name = h('input', {
      id: `${this.#id}-name`,
      required: true,
      maxlength: 128,
      pattern: '[A-Za-z0-9._:\\-]+',
      title: 'Letters, digits and . _ : -',
      autocomplete: 'off',
      spellcheck: 'false',
    })
    this.#threshold = h('input', {
      id: `${this.#id}-threshold`,
      type: 'number',
      min: 0,
      max: 1,
      step: 'any',
      placeholder: threshold(setThreshold),
      value: route?.threshold ?? '',
      'aria-describedby': `${this.#id}-threshold-hint`,
    })
    this.element = h(
      'form',
      {
        class: 'editor',
        id: this.#id,
        'aria-label': route ? `Edit ${route.name}` : 'Add a route',
        onsubmit: (event) => void this.#save(event),
      },
      route
        ? null
        : h(
            'p',
            { class: 'field' },
            h('label', { for: `${this.#id}-name` }, 'Name'),
            this.#name,
            h('span', { class: 'quiet' }, 'letters, digits and . _ : -'),
          ),
      this.#fields.element,
      h(
        'p',
        { class: 'field' },
        h('label', { for: `${this.#id}-threshold` }, 'Threshold'),
        this.#threshold,
        h(
          'span',
          { class: 'quiet', id: `${this.#id}-threshold-hint` },
          `0 to 1; left empty, the set’s ${threshold(setThreshold)}`,
        ),
      ),
      this.#message,
      this.#actions,
      h('p', { class: 'editor-note' }, 'What you save is live at once, for every caller.'),
    )
    this.#offerActions()
  }

  /** Whether something in the fields is not as in the route that was opened. */
  get isChanged(): boolean {
    return this.#base === null
      ? this.#name.value !== '' || this.#fields.examples.length > 0
      : editable(this.#written()) !== editable(this.#base)
  }

  /** Whether the route was so when it was opened. */
  isOf(route: RouteDefinition): boolean {
    return JSON.stringify(route) === JSON.stringify(this.#base)
  }

  /** Takes note that the route now reads differently; what is in the fields stays. */
  isNow(route: RouteDefinition): void {
    if (this.isOf(route)) return
    this.#base = route
    if (!this.isChanged) return
    this.#say(
      'This route has been changed elsewhere. Saving puts what you see here in its place; Discard shows what it is now.',
    )
  }

  #say(text: string): void {
    this.#message.textContent = text
  }

  #written(): RouteDefinition {
    const { threshold: _, ...kept } = this.#base ?? { name: this.#name.value.trim() }
    const value = this.#threshold.value.trim()
    const { examples } = this.#fields
    return { ...kept, examples, ...(value === '' ? {} : { threshold: Number(value) }) }
  }

  async #save(event: Event): Promise<void> {
    event.preventDefault()
    if (!this.isChanged) {
      this.#say('Nothing has been changed yet.')
      return
    }
    await this.#run(() => this.#options.onSave(this.#written()))
  }

  async #run(action: () => Promise<void>): Promise<void> {
    this.#say('')
    this.element.setAttribute('aria-busy', 'true')
    try {
      await action()
    } catch (error) {
      this.#say(asProblem(error).message)
    } finally {
      this.element.removeAttribute('aria-busy')
    }
  }

  #offerActions(): void {
    const { route, onDelete, onCancel } = this.#options
    this.#actions.replaceChildren(
      h(
        'button',
        { type: 'submit', id: `${this.#id}-save`, class: 'primary' },
        route ? 'Save' : 'Add the route',
      ),
      h('button', { type: 'button', id: `${this.#id}-cancel`, onclick: onCancel }, 'Discard'),
    )
    if (onDelete === undefined) return
    const ask = h(
      'button',
      { type: 'button', id: `${this.#id}-delete`, class: 'plain-button' },
      'Delete the route',
    )
    ask.addEventListener('click', () => this.#confirmDeletion(onDelete))
    this.#actions.append(ask)
  }

  #confirmDeletion(onDelete: () => Promise<void>): void {
    const yes = h(
      'button',
      {
        type: 'button',
        id: `${this.#id}-delete-yes`,
        class: 'primary',
        onclick: () => void this.#run(onDelete),
      },
      `Yes, delete ${this.#options.route?.name}`,
    )
    const no = h('button', { type: 'button', id: `${this.#id}-delete-no` }, 'Keep it')
    no.addEventListener('click', () => {
      this.#offerActions()
      document.getElementById(`${this.#id}-delete`)?.focus()
    })
    this.#actions.replaceChildren(yes, no)
    no.focus()
  }
}
