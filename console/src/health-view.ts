import type { LintProblem } from '../../src/core/linting/lint-problem.ts'
import { CallProblem } from './api.ts'
import { h } from './dom.ts'
import { counted } from './words.ts'

export type Health = readonly LintProblem[] | CallProblem | 'loading'

const SEVERITIES = ['error', 'warning', 'info'] as const
const SIGNS: Readonly<Record<LintProblem['severity'], string>> = { error: '✕', warning: '▲', info: 'i' }
const NOUNS: Readonly<Record<LintProblem['severity'], string>> = {
  error: 'error',
  warning: 'warning',
  info: 'remark',
}
const MOST_SHOWN = 50

/** `✕ 1 error  ▲ 2 warnings`, for a route or a whole set. */
export function badges(problems: readonly LintProblem[]): HTMLElement[] {
  return SEVERITIES.flatMap((severity) => {
    const count = problems.filter((problem) => problem.severity === severity).length
    if (count === 0) return []
    return [
      h(
        'span',
        { class: `badge is-${severity}` },
        h('i', { 'aria-hidden': 'true' }, SIGNS[severity]),
        counted(count, NOUNS[severity]),
      ),
    ]
  })
}

/** Each problem with its fix. */
export function problemList(problems: readonly LintProblem[], named: boolean): HTMLElement {
  const items = problems
    .slice(0, MOST_SHOWN)
    .map(({ severity, routes, detail, suggestion }) =>
      h(
        'li',
        { class: `problem is-${severity}` },
        h('i', { 'aria-hidden': 'true' }, SIGNS[severity]),
        h(
          'div',
          {},
          h(
            'p',
            {},
            h('span', { class: 'unseen' }, `${NOUNS[severity]}: `),
            named ? h('b', {}, names(routes)) : null,
            named ? ' ' : null,
            detail,
          ),
          h(
            'p',
            { class: 'fix' },
            h('span', { 'aria-hidden': 'true' }, '→ '),
            h('span', { class: 'unseen' }, 'Fix: '),
            suggestion,
          ),
        ),
      ),
    )
  const left = problems.length - MOST_SHOWN
  return h(
    'ul',
    { class: 'problems' },
    ...items,
    left > 0
      ? h('li', { class: 'quiet' }, `and ${counted(left, 'more problem')}; stratarouter lint lists them all`)
      : null,
  )
}

/** How the whole set fares, its problems folded away below. */
export function healthView(
  health: Health,
  isOpen: boolean,
  onToggle: (open: boolean) => void,
  onRetry: () => void,
): Node {
  if (health === 'loading') return h('p', { class: 'quiet' }, 'Looking for what will hurt…')
  if (health instanceof CallProblem) {
    return h(
      'p',
      { class: 'refusal' },
      `The health of the routes is not known: ${health.message} `,
      h('button', { type: 'button', id: 'health-retry', onclick: onRetry }, 'Try again'),
    )
  }
  if (health.length === 0)
    return h('p', { class: 'healthy' }, h('i', { 'aria-hidden': 'true' }, '✓'), ' Nothing to mend')
  const details = h(
    'details',
    { class: 'health', open: isOpen },
    h('summary', { id: 'health-summary' }, 'To mend: ', ...badges(health)),
    problemList(health, true),
  )
  details.addEventListener('toggle', () => onToggle(details.open))
  return details
}

function names(routes: readonly string[]): string {
  if (routes.length === 0) return 'The whole set:'
  const left = routes.length - 3
  return `${routes.slice(0, 3).join(', ')}${left > 0 ? ` and ${left} more` : ''}:`
}
