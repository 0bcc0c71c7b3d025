import type { RouteDefinition } from '../../src/contracts/index.ts'
import { h } from './dom.ts'

const OUTSIDE_TEXT = 'what is the meaning of life?'

/** Messages to begin with: examples of three routes, and one that most likely belongs nowhere. */
export function samplesView(routes: readonly RouteDefinition[], choose: (text: string) => void): Node[] {
  const step = Math.max(1, Math.floor(routes.length / 3))
  const texts = [0, step, 2 * step].flatMap((index) => routes[index]?.examples[0] ?? [])
  const buttons = [...new Set([...texts, OUTSIDE_TEXT])].map((text, index) =>
    h(
      'button',
      { type: 'button', class: 'sample', id: `sample-${index}`, onclick: () => choose(text) },
      text,
    ),
  )
  return [h('span', { class: 'quiet' }, 'For example'), ...buttons]
}
