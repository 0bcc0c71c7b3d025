import type { Decision } from '../../src/contracts/index.ts'
import { h, placed } from './dom.ts'
import { counted, duration, probability, reasonText, routeOrNone, threshold } from './words.ts'

interface DecisionViewOptions {
  /** The confidence that a route needs in this set. */
  readonly thresholdOf: (route: string) => number
  /** The decision on the same message before the last edit. */
  readonly before: Decision | null
}

/** The answer, its candidates on one scale with their thresholds, and what comes along. */
export function decisionView(decision: Decision, options: DecisionViewOptions): Node[] {
  const chosen = decision.route !== null
  return [
    h(
      'p',
      { class: `verdict ${chosen ? 'is-match' : 'is-none'}` },
      h('span', { class: 'sign', 'aria-hidden': 'true' }, chosen ? '→' : '∅'),
      h('strong', { id: 'verdict-route' }, routeOrNone(decision.route)),
      h('span', { class: 'figure', id: 'verdict-confidence' }, probability(decision.confidence)),
      h('span', { class: 'reason' }, reasonText(decision)),
    ),
    ...intents(decision),
    decision.candidates.length > 0
      ? candidateChart(decision, options)
      : h('p', { class: 'quiet' }, 'There is no candidate: the set has no routes.'),
    ...comesAlong(decision),
    h(
      'p',
      { class: 'facts' },
      `Decided and explained in ${duration(decision.latencyUs)} · snapshot `,
      h('code', { title: decision.snapshot }, decision.snapshot.slice(0, 8)),
    ),
  ]
}

function intents({ intents: found = [] }: Decision): Node[] {
  if (found.length < 2) return []
  const items = found.map(({ route, confidence, text }) =>
    h('li', {}, h('b', {}, route), ` ${probability(confidence)} for “${text}”`),
  )
  return [h('p', {}, 'Parts of the message ask for different routes:'), h('ul', { class: 'plain' }, ...items)]
}

function candidateChart(decision: Decision, { thresholdOf, before }: DecisionViewOptions): HTMLElement {
  const beforeOf = new Map(before?.candidates.map(({ route, confidence }) => [route, confidence]))
  const rows = decision.candidates.map(({ route, confidence }, index) => {
    const needed = index === 0 ? decision.threshold : thresholdOf(route)
    const earlier = beforeOf.get(route)
    return barRow({
      label: route,
      value: confidence,
      kind: route === decision.route ? 'chosen' : 'other',
      needed,
      said: confidence >= needed ? 'reaches its threshold' : `below its threshold of ${threshold(needed)}`,
      ...(earlier === undefined ? {} : { earlier }),
    })
  })
  const none = barRow({
    label: 'none of them',
    value: decision.outOfScope,
    kind: 'none',
    said: 'probability that no route is right',
    ...(before ? { earlier: before.outOfScope } : {}),
  })
  return h(
    'figure',
    { class: 'chart' },
    h(
      'figcaption',
      {},
      h('span', {}, `Confidence of ${counted(decision.candidates.length, 'candidate')}`),
      h('span', { class: 'key' }, h('i', { class: 'tick', 'aria-hidden': 'true' }), 'threshold'),
      before
        ? h('span', { class: 'key' }, h('i', { class: 'was', 'aria-hidden': 'true' }), 'before the edit')
        : null,
    ),
    h('ol', { class: 'bars' }, ...rows, none),
    h(
      'div',
      { class: 'scale', 'aria-hidden': 'true' },
      ...['0', '¼', '½', '¾', '1'].map((mark) => h('span', {}, mark)),
    ),
  )
}

interface BarRow {
  readonly label: string
  /** 0..1. */
  readonly value: number
  readonly kind: 'chosen' | 'other' | 'none'
  /** What the bar means, for those who do not see it. */
  readonly said: string
  readonly needed?: number
  /** The value before the last edit. */
  readonly earlier?: number
}

function barRow({ label, value, kind, said, needed, earlier }: BarRow): HTMLElement {
  const moved = earlier !== undefined && Math.abs(earlier - value) >= 0.0005
  return h(
    'li',
    { class: `bar-row is-${kind}` },
    h('span', { class: 'bar-label', title: label }, kind === 'chosen' ? '→ ' : '', label),
    h('span', { class: 'figure' }, probability(value)),
    h(
      'span',
      { class: 'track', 'aria-hidden': 'true' },
      placed(h('i', { class: 'fill' }), value),
      needed === undefined ? null : placed(h('i', { class: 'tick' }), needed),
      moved ? placed(h('i', { class: 'was' }), earlier) : null,
    ),
    h(
      'span',
      { class: 'unseen' },
      `, ${said}${moved ? `, was ${probability(earlier)} before the edit` : ''}`,
    ),
  )
}

/** The metadata of the chosen route, which the caller gets. */
function comesAlong({ metadata }: Decision): Node[] {
  const entries = Object.entries(metadata)
  if (entries.length === 0) return []
  const items = entries.flatMap(([key, value]) => [
    h('dt', {}, key),
    h('dd', {}, typeof value === 'string' ? value : JSON.stringify(value)),
  ])
  return [h('dl', { class: 'metadata', 'aria-label': 'Metadata of the route' }, ...items)]
}
