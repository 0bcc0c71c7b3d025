import type { ExecutionAnswer } from './api.ts'
import { h } from './dom.ts'
import { counted, milliseconds } from './words.ts'

/** How an answer of the demo provider begins, whatever the provider is called. */
const DEMO = /^\[demo provider\b/

/** What a model answered, who that was, and what it took. */
export function answerView(answer: ExecutionAnswer): Node[] {
  const { response, model, provider, attempts, usage, latencyMs, overheadMs } = answer
  return [
    ...(DEMO.test(response) ? [demoNote()] : []),
    response === ''
      ? h('p', { class: 'quiet', id: 'answer-text' }, 'The answer has no text.')
      : h('p', { class: 'answer-text', id: 'answer-text' }, response),
    h(
      'dl',
      { class: 'metadata', id: 'answer-facts', 'aria-label': 'How it was answered' },
      ...fact('model', model),
      ...fact('provider', provider),
      ...fact('attempts', String(attempts.length)),
      ...(usage ? fact('tokens', `${usage.inputTokens} in, ${usage.outputTokens} out`) : []),
      ...fact('cost', costText(answer)),
      ...fact('took', `${milliseconds(latencyMs)} (${milliseconds(overheadMs)} here)`),
    ),
    ...(attempts.length > 1 ? [attemptTable(answer)] : []),
  ]
}

/** The answer in a sentence, for those who listen. */
export const spokenAnswer = ({ model, provider, response }: ExecutionAnswer): string =>
  `Answer of ${model} at ${provider}: ${response}`

function demoNote(): HTMLElement {
  return h(
    'p',
    { class: 'note', id: 'answer-demo', role: 'note' },
    h('b', {}, 'Demo provider. '),
    'No language model was asked. Models are configured in ',
    h('code', {}, 'stratarouter.yaml'),
    ', under ',
    h('code', {}, 'providers'),
    ' and ',
    h('code', {}, 'models'),
    '.',
  )
}

const fact = (name: string, value: string): Node[] => [h('dt', {}, name), h('dd', {}, value)]

function costText({ costUsd, unpriced }: ExecutionAnswer): string {
  if (unpriced) return '⚠ unpriced: this model has no price'
  if (costUsd === null) return 'not known'
  return costUsd === 0 ? '$0' : `$${costUsd.toFixed(6)}`
}

function attemptTable({ attempts }: ExecutionAnswer): HTMLElement {
  const rows = attempts.map(({ provider, model, outcome, status, durationMs, message }) =>
    h(
      'tr',
      {},
      h('td', {}, h('b', {}, model), ` at ${provider}`),
      h(
        'td',
        {},
        h('span', { class: 'figure' }, outcome, status === null ? '' : ` ${status}`),
        message === null ? null : h('span', { class: 'of example' }, message),
      ),
      h('td', { class: 'figure' }, milliseconds(durationMs)),
    ),
  )
  return h(
    'table',
    { id: 'attempts' },
    h('caption', {}, counted(attempts.length, 'attempt'), h('span', { class: 'of' }, 'in their order')),
    h('tbody', {}, ...rows),
  )
}
