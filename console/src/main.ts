import type { Decision, RouteDefinition } from '../../src/contracts/index.ts'
import { announce } from './announcer.ts'
import { AnswerCard } from './answer-card.ts'
import * as api from './api.ts'
import { forgetKey, keepKey, readKey } from './api-key.ts'
import { type Change, changeView } from './change-view.ts'
import { decisionView } from './decision-view.ts'
import { byId, h, redraw } from './dom.ts'
import type { Health } from './health-view.ts'
import { keyInUse, keyNotice, needsKey } from './key-view.ts'
import { LatestDecision } from './latest-decision.ts'
import { demoNotice, failureNotice, retryButton } from './notices.ts'
import { RoutesView } from './routes-view.ts'
import { samplesView } from './samples-view.ts'
import { offerThemes } from './theme-choice.ts'
import { setThresholdOf, thresholdOf } from './thresholds.ts'
import { whyView } from './why-view.ts'
import { counted, spokenDecision } from './words.ts'

/** How often a set that is being refitted is looked at. */
const REFIT_LOOK_MS = 1000
interface Edit {
  /** Such as "Changed refund". */
  readonly what: string
  /** Name of the route. */
  readonly route: string
  /** Makes the edit, based on a version of the set; resolves with the version that it makes. */
  readonly write: (version: number) => Promise<{ readonly version: number }>
}

const message = byId<HTMLTextAreaElement>('message')
const setChoice = byId<HTMLSelectElement>('set')
const teachRoute = byId<HTMLSelectElement>('teach-route')

let server: api.ServerFacts | null = null
let sets: readonly api.SetSummary[] = []
let set: api.SetAnswer | null = null
let health: Health = 'loading'
let decision: Decision | null = null
let change: (Change & { readonly edit: Edit; readonly undo: Edit['write'] }) | null = null
let looking: ReturnType<typeof setTimeout> | undefined

const latest = new LatestDecision({
  ask: (text, signal) => api.decide(setChoice.value, text, signal),
  onAnswer: (_text, answer) => {
    const isUnknown = decision !== null && decision.snapshot !== answer.snapshot && change === null
    decision = answer
    if (change) change = { ...change, after: answer }
    drawDecision()
    // Somebody else, or the watched file, has changed the set.
    if (isUnknown) void refresh()
  },
  onProblem: (thrown) => {
    decision = null
    const problem = api.asProblem(thrown)
    const { message: text } = problem
    if (needsKey(problem)) drawNotices(problem)
    redraw(
      byId('decision'),
      h(
        'p',
        { class: 'refusal' },
        text,
        ' ',
        retryButton('decision-retry', () => latest.askNow(message.value)),
      ),
    )
    byId('why-card').hidden = true
    byId('teach').hidden = true
    announce(text)
  },
})

const answerCard = new AnswerCard({
  ask: (text, signal) => api.execute(setName(), text, signal),
  onProblem: (problem) => {
    if (needsKey(problem)) drawNotices(problem)
  },
})

const routesView = new RoutesView({
  onSave: put,
  onAdd: (route) =>
    makeEdit({
      what: `Added ${route.name}`,
      route: route.name,
      write: (version) => api.addRoute(setName(), route, version),
    }),
  onDelete: ({ name }) =>
    makeEdit({
      what: `Deleted ${name}`,
      route: name,
      write: (version) => api.deleteRoute(setName(), name, version),
    }),
  onRetryHealth: () => void loadHealth(),
})

const setName = (): string => setChoice.value

function put(route: RouteDefinition): Promise<void> {
  const write = (version: number) => api.putRoute(setName(), route, version)
  return makeEdit({ what: `Changed ${route.name}`, route: route.name, write })
}

/** What puts a route back to what it is now. */
function undoOf(name: string): Edit['write'] {
  const before = set?.routes.find((route) => route.name === name)
  return before
    ? (version) => api.putRoute(setName(), before, version)
    : (version) => api.deleteRoute(setName(), name, version)
}

/** Makes an edit, then shows the set and what it changed about the message. */
async function makeEdit(edit: Edit): Promise<void> {
  if (set === null) return
  const fromVersion = set.version
  const before = decision
  const undo = undoOf(edit.route)
  const toVersion = await edit.write(fromVersion).then(({ version }) => version, reloadAtConflict)
  const { what } = edit
  change = {
    what,
    fromVersion,
    toVersion,
    before,
    after: null,
    provisional: false,
    problem: null,
    edit,
    undo,
  }
  await loadSet(setName())
  drawChange()
  if (message.value.trim() !== '') await latest.askNow(message.value)
}

async function reloadAtConflict(thrown: unknown): Promise<never> {
  const problem = api.asProblem(thrown)
  if (problem.code !== 'version_conflict') throw problem
  await loadSet(setName())
  throw new api.CallProblem(
    problem.code,
    'The set has been changed by somebody else in the meantime. The routes are now as they are there, and what you wrote is kept: look at it once more and save again.',
  )
}

async function undoEdit(): Promise<void> {
  if (change === null) return
  const { edit, undo } = change
  try {
    await makeEdit({ what: `Put back ${edit.route}`, route: edit.route, write: undo })
  } catch (thrown) {
    change = { ...change, problem: api.asProblem(thrown).message }
    drawChange()
  }
}

function dismissChange(): void {
  change = null
  drawDecision()
  message.focus()
}

function drawChange(): void {
  redraw(byId('change'), change ? changeView(change, () => void undoEdit(), dismissChange) : null)
}

function drawDecision(): void {
  drawChange()
  const isEmpty = message.value.trim() === ''
  answerCard.show(decision === null ? '' : message.value)
  byId('teach').hidden = decision === null || set === null || set.readOnly || set.routes.length === 0
  byId('why-card').hidden = !decision?.explanation || decision.candidates.length === 0
  if (decision === null) {
    redraw(
      byId('decision'),
      isEmpty
        ? h('p', { class: 'quiet', id: 'no-message' }, 'Type a message above, or choose one.')
        : h('p', { class: 'quiet' }, 'Deciding…'),
    )
    return
  }
  redraw(
    byId('decision'),
    ...decisionView(decision, {
      thresholdOf: (name) => thresholdOf(name, set, decision),
      before: change?.before ?? null,
    }),
  )
  if (decision.explanation) redraw(byId('why'), ...whyView(decision, decision.explanation))
  if (document.activeElement !== teachRoute) {
    // The route that it did not go to and most likely should have.
    const rival = decision.candidates[decision.route === null ? 0 : 1]
    if (rival) teachRoute.value = rival.route
  }
  const changed =
    change?.before && change.before.route !== decision.route ? 'The edit changed the decision. ' : ''
  announce(`${changed}${spokenDecision(decision)}`)
}

function onMessage(): void {
  remember()
  if (change) change = null
  if (message.value.trim() === '') {
    latest.cancel()
    decision = null
    drawDecision()
    return
  }
  latest.askSoon(message.value)
}

function drawSet(): void {
  if (set === null) return
  const { version, readOnly, provisional, routes } = set
  byId('set-facts').textContent = [
    counted(routes.length, 'route'),
    version === 0 ? 'nothing stored yet' : `version ${version}`,
    ...(readOnly ? ['read-only'] : []),
    ...(provisional ? ['full fit under way'] : []),
  ].join(' · ')
  const selected = teachRoute.value
  teachRoute.replaceChildren(...routes.map(({ name }) => h('option', { value: name }, name)))
  if (routes.some(({ name }) => name === selected)) teachRoute.value = selected
  const file = set.name === 'default' ? (server?.file ?? null) : null
  routesView.show({ set, setThreshold: setThresholdOf(set, decision), health, file })
  redraw(byId('samples'), ...samplesView(routes, choose))
  drawNotices()
}

function choose(text: string): void {
  message.value = text
  onMessage()
  message.focus()
}

function drawNotices(problem?: api.CallProblem): void {
  const isDemo = server?.demo === true && set?.name === 'default' && set.version === 0
  const notice =
    problem &&
    (needsKey(problem) ? keyNotice(problem, readKey() !== null, useKey) : failureNotice(problem, start))
  redraw(byId('notices'), notice, isDemo ? demoNotice() : null)
  redraw(byId('key-in-use'), ...(readKey() === null ? [] : keyInUse(dropKey)))
}

function useKey(key: string): Promise<void> {
  keepKey(key)
  return start()
}

function dropKey(): void {
  forgetKey()
  location.reload()
}

async function loadHealth(): Promise<void> {
  const name = setName()
  health = 'loading'
  const found = await api.readProblems(name).catch(api.asProblem)
  if (name !== setName()) return
  health = found
  drawSet()
}

async function loadSet(name: string): Promise<void> {
  const loaded = await api.readSet(name)
  if (name !== setName()) return
  set = loaded
  if (change) change = { ...change, provisional: loaded.provisional }
  drawSet()
  void loadHealth()
  lookAgainWhileRefitted()
}

/** Once the full fit is there, decides again: a provisional one is near it, not equal. */
function lookAgainWhileRefitted(): void {
  clearTimeout(looking)
  if (!set?.provisional) return
  looking = setTimeout(() => void refresh(), REFIT_LOOK_MS)
}

/** Takes over what has changed on the server since it was last asked. */
async function refresh(): Promise<void> {
  // A key that is being written is not to be wiped out.
  if (document.getElementById('key-form') !== null) return
  try {
    sets = await api.readSets()
    drawSetChoice()
    drawNotices()
    const now = sets.find(({ name }) => name === setName())
    if (now === undefined || set === null) return
    if (now.version === set.version && now.provisional === set.provisional) {
      lookAgainWhileRefitted()
      return
    }
    await loadSet(setName())
    if (message.value.trim() !== '') await latest.askNow(message.value)
  } catch (thrown) {
    drawNotices(api.asProblem(thrown))
  }
}

function drawSetChoice(): void {
  const chosen = setChoice.value
  setChoice.replaceChildren(...sets.map(({ name }) => h('option', { value: name }, name)))
  if (sets.some(({ name }) => name === chosen)) setChoice.value = chosen
  setChoice.disabled = false
}

/** Set and message, in the part of the address that no server sees. */
function remember(): void {
  const facts = new URLSearchParams({ set: setName(), text: message.value.slice(0, 2000) })
  history.replaceState(null, '', `#${facts}`)
}

async function chooseSet(): Promise<void> {
  latest.cancel()
  set = null
  decision = null
  change = null
  health = 'loading'
  drawDecision()
  remember()
  await start()
}

/** Loads everything; the button of the failure notice does it again. */
async function start(): Promise<void> {
  try {
    server = await api.readServer()
    sets = await api.readSets()
    drawSetChoice()
    byId('about').textContent =
      `StrataRouter ${server.version}. Everything on this page is asked of this server and of nobody else.`
    await loadSet(setName())
    drawDecision()
    if (message.value.trim() !== '') await latest.askNow(message.value)
  } catch (thrown) {
    const problem = api.asProblem(thrown)
    drawNotices(problem)
    const what = needsKey(problem) ? 'there is a key for it' : 'the server answers'
    redraw(byId('decision'), h('p', { class: 'quiet' }, `Nothing can be decided until ${what}.`))
    if (set === null) redraw(byId('routes'), h('p', { class: 'quiet' }, 'The routes could not be loaded.'))
  }
  byId('decision-card').removeAttribute('aria-busy')
}

function teach(event: Event): void {
  event.preventDefault()
  const route = set?.routes.find(({ name }) => name === teachRoute.value)
  const text = message.value.trim()
  if (route === undefined || text === '') return
  put({ ...route, examples: [...route.examples, text] }).catch((thrown: unknown) =>
    drawNotices(api.asProblem(thrown)),
  )
}

function open(): void {
  const facts = new URLSearchParams(location.hash.slice(1))
  const name = facts.get('set') ?? 'default'
  setChoice.replaceChildren(h('option', { value: name }, name))
  message.value = facts.get('text') ?? ''
  message.addEventListener('input', onMessage)
  setChoice.addEventListener('change', () => void chooseSet())
  byId('teach').addEventListener('submit', teach)
  window.addEventListener('focus', () => void refresh())
  offerThemes(byId<HTMLSelectElement>('theme'))
  void start()
}

open()
