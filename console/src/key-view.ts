import type { CallProblem } from './api.ts'
import { h } from './dom.ts'

/** What the page does, in the words of keys. */
const SCOPES = 'route,execute,routes:read,routes:write'

/** Whether another key may mend it. */
export const needsKey = ({ code }: CallProblem): boolean =>
  code === 'invalid_api_key' || code === 'permission_denied'

/**
 * That a key is needed, and where to put it.
 * @param hasKey whether one was sent, so that another one is needed
 */
export function keyNotice(
  { message }: CallProblem,
  hasKey: boolean,
  use: (key: string) => unknown,
): HTMLElement {
  const input = h('input', {
    id: 'key',
    type: 'password',
    required: true,
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-describedby': 'key-note',
  })
  const submit = (event: Event) => {
    event.preventDefault()
    const key = input.value.trim()
    if (key !== '') void use(key)
  }
  return h(
    'form',
    { class: 'notice', id: 'key-form', 'aria-label': 'Key for this server', onsubmit: submit },
    h('p', { role: 'alert', id: 'key-problem' }, ...problemText(message, hasKey)),
    h(
      'p',
      { class: 'field' },
      h('label', { for: 'key' }, 'API key'),
      input,
      h('button', { type: 'submit', class: 'primary' }, 'Use this key'),
    ),
    h(
      'p',
      { class: 'editor-note', id: 'key-note' },
      'It stays in this tab until you close it, and is sent to this server only. One that can do all that the page does: ',
      h('code', {}, `stratarouter keys create --name me --scopes ${SCOPES}`),
    ),
  )
}

function problemText(message: string, hasKey: boolean): readonly (HTMLElement | string)[] {
  if (hasKey) return [h('b', {}, 'Another API key is needed. '), message]
  return [h('b', {}, 'This server asks for an API key. '), 'Enter one to go on.']
}

/** That a key is in use, and how to be rid of it. */
export function keyInUse(forget: () => unknown): readonly (HTMLElement | string)[] {
  const attributes = { type: 'button', id: 'forget-key', class: 'plain-button', onclick: () => void forget() }
  return [' An API key is in use in this tab. ', h('button', attributes, 'Forget it')]
}
