import type { Decision, Explanation } from '../../src/contracts/index.ts'
import { h, placed } from './dom.ts'
import { probability, routeOrNone } from './words.ts'

const MOST_WORDS = 10

/** What the decision rests on and what would change it. */
export function whyView(decision: Decision, explanation: Explanation): Node[] {
  return [
    h('p', { id: 'summary' }, explanation.summary),
    ...readings(explanation),
    ...rules(explanation),
    h('div', { class: 'pair' }, nearest(explanation), words(decision, explanation)),
    ...flips(decision, explanation),
  ]
}

/** How the message was read, where that is not as it was written. */
function readings({ segment, corrections, usedContext }: Explanation): Node[] {
  const items = [
    ...(segment === undefined ? [] : [h('li', {}, 'Read from this part: ', h('q', {}, segment))]),
    ...corrections.map(({ from, to }) => h('li', {}, 'Read ', h('q', {}, from), ' as ', h('q', {}, to))),
    ...(usedContext ? [h('li', {}, 'Previous messages were needed to decide')] : []),
  ]
  return items.length === 0 ? [] : [h('ul', { class: 'plain readings' }, ...items)]
}

function rules({ rules: matched }: Explanation): Node[] {
  if (matched.length === 0) return []
  const items = matched.map(({ route, then, when }) =>
    h('li', {}, h('b', {}, route), `: ${then} when `, h('code', {}, when)),
  )
  return [h('h3', {}, 'Rules that matched'), h('ul', { class: 'plain', id: 'rules' }, ...items)]
}

function nearest({ nearest: examples }: Explanation): HTMLElement | null {
  if (examples.length === 0) return null
  const rows = examples.map(({ route, example, similarity }) =>
    h(
      'tr',
      {},
      h('td', { class: 'figure' }, similarity.toFixed(2)),
      h('td', {}, h('span', { class: 'example' }, example), h('span', { class: 'of' }, route)),
    ),
  )
  return h(
    'table',
    { id: 'nearest' },
    h('caption', {}, 'Nearest examples'),
    h(
      'thead',
      { class: 'unseen' },
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'Similarity'),
        h('th', { scope: 'col' }, 'Example and its route'),
      ),
    ),
    h('tbody', {}, ...rows),
  )
}

function words({ candidates }: Decision, { words: all, runnerUp }: Explanation): HTMLElement | null {
  const shown = all.slice(0, MOST_WORDS)
  const best = candidates[0]
  if (shown.length === 0 || best === undefined) return null
  const largest = Math.max(...shown.map(({ effect }) => Math.abs(effect)), Number.MIN_VALUE)
  const rows = shown.map(({ text, effect }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, text),
      h('td', { class: 'figure' }, `${effect < 0 ? '−' : '+'}${Math.abs(effect).toFixed(2)}`),
      h(
        'td',
        { class: 'effect', 'aria-hidden': 'true' },
        placed(h('i', { class: effect < 0 ? 'against' : 'for' }), Math.abs(effect) / largest),
      ),
    ),
  )
  return h(
    'table',
    { id: 'words' },
    h(
      'caption',
      {},
      'Words',
      h(
        'span',
        { class: 'of' },
        runnerUp
          ? `log odds for ${best.route}\u00a0(+) against ${runnerUp.route}\u00a0(−)`
          : `log odds for ${best.route}`,
      ),
    ),
    h(
      'thead',
      { class: 'unseen' },
      h('tr', {}, h('th', { scope: 'col' }, 'Word'), h('th', { scope: 'col' }, 'Effect'), h('td', {})),
    ),
    h('tbody', {}, ...rows),
  )
}

function flips(decision: Decision, { flip, runnerUp }: Explanation): Node[] {
  const items: Node[] = []
  if (runnerUp) {
    items.push(
      h('li', {}, 'Runner-up: ', h('b', {}, runnerUp.route), ` at ${probability(runnerUp.confidence)}`),
    )
  }
  if (flip.withoutWords && flip.withoutWords.length > 0) {
    const quoted = flip.withoutWords.flatMap((word, index) => [index === 0 ? '' : ', ', h('q', {}, word)])
    items.push(h('li', {}, 'Without ', ...quoted, ': ', h('b', {}, routeOrNone(flip.then ?? null))))
  }
  if (flip.threshold !== undefined && flip.threshold < 0.999) {
    const best = decision.candidates[0]?.route
    const at = probability(flip.threshold)
    if (decision.route !== null)
      items.push(h('li', {}, `With a threshold above ${at}: `, h('b', {}, 'no match')))
    else if (best !== undefined)
      items.push(h('li', {}, `With a threshold of ${at} or less: `, h('b', {}, best)))
  }
  return items.length === 0
    ? []
    : [h('h3', {}, 'What would change it'), h('ul', { class: 'plain', id: 'flip' }, ...items)]
}
