import type { CallProblem } from './api.ts'
import { h } from './dom.ts'

/** A button that does again what failed. */
export function retryButton(id: string, action: () => unknown): HTMLElement {
  return h('button', { type: 'button', id, onclick: () => void action() }, 'Try again')
}

/** That the routes are only a demonstration, and how to serve one's own. */
export function demoNotice(): HTMLElement {
  return h(
    'p',
    { class: 'notice', id: 'demo', role: 'note' },
    h('b', {}, 'Demo routes. '),
    'This server has no routes of its own and serves those of an imaginary support desk. An edit stores them as your own set. To serve yours: ',
    h('code', {}, 'stratarouter serve --routes routes.yaml'),
  )
}

/** What failed about the page as a whole. */
export function failureNotice({ message, requestId }: CallProblem, retry: () => unknown): HTMLElement {
  return h(
    'p',
    { class: 'notice refusal', id: 'failure', role: 'alert' },
    message,
    requestId === null ? '' : ` (request ${requestId})`,
    ' ',
    retryButton('retry', retry),
  )
}
