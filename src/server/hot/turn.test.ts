import { expect, it } from 'vitest'
import { Turn } from './turn.ts'

it('decides what has come in groups, each before any of it is sent, in the order of arrival', () => {
  const ends: (() => void)[] = []
  const turn = new Turn((end) => void ends.push(end))
  const events: string[] = []
  for (let id = 0; id < 40; id++)
    turn.add({ decide: () => void events.push(`decide ${id}`), send: () => void events.push(`send ${id}`) })
  expect([ends.length, events.length]).toEqual([1, 0])
  ends[0]?.()
  const range = (verb: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `${verb} ${from + index}`)
  expect(events).toEqual([
    ...range('decide', 0, 32),
    ...range('send', 0, 32),
    ...range('decide', 32, 40),
    ...range('send', 32, 40),
  ])
})

it('begins anew with what comes afterwards', () => {
  const ends: (() => void)[] = []
  const turn = new Turn((end) => void ends.push(end))
  let decided = 0
  const due = { decide: () => void decided++, send: () => {} }
  turn.add(due)
  ends[0]?.()
  turn.add(due)
  expect([ends.length, decided]).toEqual([2, 1])
  ends[1]?.()
  expect(decided).toBe(2)
})
