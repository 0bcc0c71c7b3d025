import type { Decision } from '../../src/contracts/index.ts'
import { h } from './dom.ts'
import { probability, routeOrNone } from './words.ts'

/** An edit that was made here, and the decisions on the message around it. */
export interface Change {
  /** Such as "Changed refund". */
  readonly what: string
  readonly fromVersion: number
  readonly toVersion: number
  /** Null when no message was there to decide. */
  readonly before: Decision | null
  readonly after: Decision | null
  /** Whether the full fit is still to come. */
  readonly provisional: boolean
  /** Why it could not be undone. */
  readonly problem: string | null
}

/** What the last edit changed, with the way back. */
export function changeView(change: Change, onUndo: () => void, onDismiss: () => void): HTMLElement {
  const { what, fromVersion, toVersion, before, after, provisional, problem } = change
  return h(
    'div',
    { class: 'change', role: 'group', 'aria-label': 'What the edit changed' },
    h(
      'p',
      { class: 'change-head' },
      h('b', {}, what),
      h(
        'span',
        { class: 'quiet' },
        fromVersion === 0
          ? ` live as version ${toVersion}, now your own set`
          : ` live as version ${toVersion}, was ${fromVersion}`,
      ),
      provisional ? h('span', { class: 'quiet' }, ' · the full fit follows') : null,
    ),
    before && after
      ? h(
          'div',
          { class: 'versus' },
          side('Before', before),
          h('span', { class: 'sign', 'aria-hidden': 'true' }, '→'),
          side('After', after),
        )
      : h('p', { class: 'quiet' }, 'Type a message to see how it is decided now.'),
    before && after && before.route === after.route ? h('p', { class: 'quiet' }, 'The same decision.') : null,
    problem === null ? null : h('p', { class: 'refusal', role: 'alert' }, problem),
    h(
      'p',
      { class: 'actions' },
      h('button', { type: 'button', id: 'undo', onclick: onUndo }, 'Undo the edit'),
      h('button', { type: 'button', id: 'dismiss', class: 'plain-button', onclick: onDismiss }, 'Dismiss'),
    ),
  )
}

function side(title: string, decision: Decision): HTMLElement {
  return h(
    'p',
    { class: decision.route === null ? 'side is-none' : 'side is-match' },
    h('span', { class: 'quiet' }, `${title} `),
    h('b', {}, routeOrNone(decision.route)),
    ' ',
    h('span', { class: 'figure' }, probability(decision.confidence)),
  )
}
