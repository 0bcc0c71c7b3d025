import { expect, test } from 'vitest'
import { Asker, type Asking } from './asker.ts'

test('an asking is counted once, whatever whoever is told of it does', async () => {
  const told: Asking[] = []
  const asker = new Asker({
    onAsk: (asking) => {
      told.push(asking)
      throw new Error('the listener is broken')
    },
  })
  await expect(asker.ask(async () => 1, undefined)).rejects.toThrow('the listener is broken')
  expect(asker.counts).toEqual({ answered: 1, 'timed-out': 0, failed: 0 })
  await expect(asker.ask(() => Promise.reject(new Error('away')), undefined)).rejects.toThrow('the listener')
  expect(asker.counts).toEqual({ answered: 1, 'timed-out': 0, failed: 1 })
  expect(told.map(({ outcome }) => outcome)).toEqual(['answered', 'failed'])
})

test('an encoder that does not heed its signal is left behind', async () => {
  const limit = new AbortController()
  const asker = new Asker({ limit: () => limit.signal })
  const asked = asker.ask(() => new Promise<never>(() => {}), undefined)
  limit.abort()
  expect(await asked).toEqual({ outcome: 'timed-out' })
  const caller = new AbortController()
  const given = asker.ask(() => new Promise<never>(() => {}), caller.signal)
  caller.abort()
  await expect(given).rejects.toMatchObject({ code: 'aborted' })
  expect(asker.counts).toEqual({ answered: 0, 'timed-out': 1, failed: 0 })
})
