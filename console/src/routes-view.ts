import type { RouteDefinition } from '../../src/contracts/index.ts'
import type { LintProblem } from '../../src/core/linting/lint-problem.ts'
import type { SetAnswer } from './api.ts'
import { byId, h, keepFocus, redraw } from './dom.ts'
import { badges, type Health, healthView, problemList } from './health-view.ts'
import { RouteEditor } from './route-editor.ts'
import { counted, threshold } from './words.ts'

const ROUTES_AT_ONCE = 100
const EXAMPLES_READ = 200

export interface RoutesModel {
  readonly set: SetAnswer
  /** The confidence that routes without a threshold of their own need. */
  readonly setThreshold: number
  readonly health: Health
  /** The file that the set comes from. */
  readonly file: string | null
}

interface RoutesViewOptions {
  readonly onSave: (route: RouteDefinition) => Promise<void>
  readonly onAdd: (route: RouteDefinition) => Promise<void>
  readonly onDelete: (route: RouteDefinition) => Promise<void>
  readonly onRetryHealth: () => void
}

/** The routes of the set with their examples and health, each of which can be opened and, unless a file is its source, edited. */
export class RoutesView {
  readonly #options: RoutesViewOptions
  readonly #editors = new Map<string, RouteEditor>()
  readonly #open = new Set<string>()
  #shownSet = ''
  #model: RoutesModel | null = null
  #adding: RouteEditor | null = null
  #most = ROUTES_AT_ONCE
  #isHealthOpen = false

  constructor(options: RoutesViewOptions) {
    this.#options = options
    byId('filter').addEventListener('input', () => {
      this.#most = ROUTES_AT_ONCE
      this.#drawRoutes()
    })
    byId('add-route').addEventListener('click', () => this.#toggleAdding())
  }

  show(model: RoutesModel): void {
    const { set } = model
    this.#model = model
    if (set.name !== this.#shownSet) this.#forget(set.name)
    for (const [name, editor] of this.#editors) {
      const route = set.routes.find((candidate) => candidate.name === name)
      // An editor of what is still so stays, with the focus and what it says.
      if (route === undefined || !(editor.isChanged || editor.isOf(route))) this.#editors.delete(name)
      else editor.isNow(route)
    }
    byId('routes-title').textContent = counted(set.routes.length, 'route')
    byId('add-route').hidden = set.readOnly
    byId('filter-line').hidden = set.routes.length < 8
    redraw(byId('source'), ...sourceNote(model))
    this.#drawAdding()
    this.#drawHealth()
    this.#drawRoutes()
  }

  #forget(name: string): void {
    this.#shownSet = name
    this.#editors.clear()
    this.#open.clear()
    this.#adding = null
    this.#isHealthOpen = false
    this.#most = ROUTES_AT_ONCE
    byId<HTMLInputElement>('filter').value = ''
  }

  #drawHealth(): void {
    if (this.#model === null) return
    const { health, set } = this.#model
    if (set.routes.length === 0) {
      redraw(byId('health'))
      return
    }
    const remember = (open: boolean) => {
      this.#isHealthOpen = open
    }
    redraw(byId('health'), healthView(health, this.#isHealthOpen, remember, this.#options.onRetryHealth))
  }

  /** Forms move from the old rows to the new, so the focus is held from before the new ones are made. */
  #drawRoutes(): void {
    const place = byId('routes')
    keepFocus(place, () => redraw(place, ...this.#routes()))
  }

  #routes(): (Node | null)[] {
    if (this.#model === null) return []
    const { set, health } = this.#model
    if (set.routes.length === 0) return [emptySet(set.readOnly)]
    const words = byId<HTMLInputElement>('filter').value.trim().toLowerCase()
    const found = words === '' ? set.routes : set.routes.filter((route) => mentions(route, words))
    if (found.length === 0) {
      return [h('p', { class: 'quiet' }, 'No route says that in its name, description or examples.')]
    }
    const problems = Array.isArray(health) ? byRoute(health) : new Map<string, LintProblem[]>()
    const rows = found.slice(0, this.#most).map((route) => this.#row(route, problems.get(route.name) ?? []))
    return [h('ul', { class: 'route-list' }, ...rows), this.#moreButton(found.length - this.#most)]
  }

  #moreButton(left: number): HTMLElement | null {
    if (left <= 0) return null
    const more = () => {
      this.#most += ROUTES_AT_ONCE
      this.#drawRoutes()
    }
    const text = `Show ${counted(Math.min(left, ROUTES_AT_ONCE), 'more route')}`
    return h('button', { type: 'button', id: 'more-routes', onclick: more }, text)
  }

  #row(route: RouteDefinition, problems: readonly LintProblem[]): HTMLElement {
    const isOpen = this.#open.has(route.name)
    const panel = `panel-${route.name}`
    const toggle = () => {
      if (isOpen) this.#close(route.name)
      else this.#open.add(route.name)
      this.#drawRoutes()
    }
    return h(
      'li',
      { class: 'route' },
      h(
        'h3',
        {},
        h(
          'button',
          {
            type: 'button',
            class: 'route-toggle',
            id: `route-${route.name}`,
            'aria-expanded': String(isOpen),
            'aria-controls': isOpen && panel,
            onclick: toggle,
          },
          h('span', { class: 'route-name' }, route.name),
          h(
            'span',
            { class: 'route-facts' },
            counted(route.examples.length, 'example'),
            route.threshold === undefined ? '' : ` · threshold ${threshold(route.threshold)}`,
          ),
          ...badges(problems),
          route.description === undefined
            ? null
            : h('span', { class: 'route-description' }, route.description),
        ),
      ),
      isOpen ? h('div', { class: 'panel', id: panel }, ...this.#panel(route, problems)) : null,
    )
  }

  #close(name: string): void {
    this.#open.delete(name)
    this.#editors.delete(name)
  }

  #panel(route: RouteDefinition, problems: readonly LintProblem[]): (Node | null)[] {
    return [
      problems.length === 0 ? null : problemList(problems, false),
      this.#model?.set.readOnly ? exampleList(route) : this.#editorOf(route).element,
      restOf(route),
    ]
  }

  #editorOf(route: RouteDefinition): RouteEditor {
    const known = this.#editors.get(route.name)
    if (known) return known
    const { onSave, onDelete } = this.#options
    const editor = new RouteEditor({
      route,
      setThreshold: this.#model?.setThreshold ?? 0.5,
      onSave: async (changed) => {
        await onSave(changed)
        this.#editors.delete(route.name)
        this.#drawRoutes()
      },
      onDelete: async () => {
        await onDelete(route)
        this.#close(route.name)
        byId('routes-title').focus()
      },
      onCancel: () => {
        this.#close(route.name)
        this.#drawRoutes()
        document.getElementById(`route-${route.name}`)?.focus()
      },
    })
    this.#editors.set(route.name, editor)
    return editor
  }

  #toggleAdding(): void {
    this.#adding = this.#adding ? null : this.#newEditor()
    this.#drawAdding()
    if (this.#adding) document.getElementById('new-name')?.focus()
    else byId('add-route').focus()
  }

  #newEditor(): RouteEditor {
    const close = () => {
      this.#adding = null
      this.#drawAdding()
      byId('add-route').focus()
    }
    return new RouteEditor({
      route: null,
      setThreshold: this.#model?.setThreshold ?? 0.5,
      onSave: async (route) => {
        await this.#options.onAdd(route)
        close()
      },
      onCancel: close,
    })
  }

  #drawAdding(): void {
    byId('add-route').setAttribute('aria-expanded', String(this.#adding !== null))
    redraw(byId('new-route'), this.#adding?.element)
  }
}

function sourceNote({ set, file }: RoutesModel): Node[] {
  if (!set.readOnly) return []
  const source = file === null ? 'a file' : `the file ${file}`
  return [
    h(
      'p',
      { class: 'note', id: 'read-only' },
      h('b', {}, 'Read-only. '),
      `The set ${set.name} comes from ${source}; edit that file, and the change is live at once.`,
    ),
  ]
}

function emptySet(readOnly: boolean): HTMLElement {
  const text = readOnly
    ? 'The file has no routes, so every message gets no match. Write some into it.'
    : 'This set has no routes yet, so every message gets no match. Add a route with a few messages as people would write them.'
  return h('p', { class: 'quiet', id: 'empty-set' }, text)
}

function mentions(route: RouteDefinition, words: string): boolean {
  const says = (text: string | undefined) => text?.toLowerCase().includes(words) === true
  return says(route.name) || says(route.description) || route.examples.some(says)
}

function byRoute(problems: readonly LintProblem[]): Map<string, LintProblem[]> {
  const found = new Map<string, LintProblem[]>()
  for (const problem of problems) {
    for (const name of problem.routes) found.set(name, [...(found.get(name) ?? []), problem])
  }
  return found
}

function exampleList({ examples }: RouteDefinition): HTMLElement {
  const left = examples.length - EXAMPLES_READ
  return h(
    'ul',
    { class: 'plain example-list', 'aria-label': 'Examples' },
    ...examples.slice(0, EXAMPLES_READ).map((example) => h('li', {}, example)),
    left > 0 ? h('li', { class: 'quiet' }, `and ${counted(left, 'more example')}`) : null,
    examples.length === 0
      ? h('li', { class: 'quiet' }, 'No examples; name, description and rules say what belongs here.')
      : null,
  )
}

/** What a route has besides and cannot be edited here. */
function restOf({ rules = [], negatives = [], tags = [] }: RouteDefinition): HTMLElement | null {
  const lines = [
    ...rules.map(({ when, then }) => h('li', {}, `${then} when `, h('code', {}, JSON.stringify(when)))),
    ...negatives.map((text) => h('li', {}, 'not ', h('q', {}, text))),
    ...(tags.length > 0 ? [h('li', {}, `tags: ${tags.join(', ')}`)] : []),
  ]
  return lines.length === 0
    ? null
    : h(
        'details',
        { class: 'rest' },
        h('summary', {}, 'Rules, negatives, tags'),
        h('ul', { class: 'plain' }, ...lines),
      )
}
