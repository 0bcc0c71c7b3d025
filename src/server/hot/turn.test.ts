import { expect, it } from 'vitest'
import { Turn } from './turn.ts'

it('decides a group as soon as it is full and the rest when the turn ends, each before any of it is sent', () => {
  const ends: (() => void)[] = []
  const turn = new Turn(
    (end) => void ends.push(end),
    () => 0,
  )
  const events: string[] = []
  for (let id = 0; id < 40; id++)
    turn.add({ decide: () => void events.push(`decide ${id}`), send: () => void events.push(`send ${id}`) })
  const range = (verb: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `${verb} ${from + index}`)
  const first = [...range('decide', 0, 32), ...range('send', 0, 32)]
  expect(events).toEqual(first)
  expect(ends).toHaveLength(1)
  ends[0]?.()
  expect(events).toEqual([...first, ...range('decide', 32, 40), ...range('send', 32, 40)])
})

it('begins anew with what comes afterwards', () => {
  const ends: (() => void)[] = []
  const turn = new Turn(
    (end) => void ends.push(end),
    () => 0,
  )
  let decided = 0
  const due = { decide: () => void decided++, send: () => {} }
  turn.add(due)
  ends[0]?.()
  turn.add(due)
  expect([ends.length, decided]).toEqual([2, 1])
  ends[1]?.()
  expect(decided).toBe(2)
})

it('sends at once what has taken long', () => {
  const ends: (() => void)[] = []
  let nowMs = 0
  const turn = new Turn(
    (end) => void ends.push(end),
    () => nowMs,
  )
  const events: string[] = []
  const add = (name: string, takesMs: number) =>
    turn.add({
      decide() {
        nowMs += takesMs
        events.push(`decide ${name}`)
      },
      send: () => void events.push(`send ${name}`),
    })
  add('short', 0.1)
  add('long', 2)
  add('last', 0.1)
  ends[0]?.()
  expect(events).toEqual([
    'decide short',
    'decide long',
    'send short',
    'send long',
    'decide last',
    'send last',
  ])
})
