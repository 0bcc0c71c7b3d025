import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SnapshotCache } from './snapshot-cache.ts'

const NOW_MS = Date.UTC(2026, 0, 1)
const MINUTE_MS = 60_000
const NONE = new Set<string>()
const bytes = new Uint8Array([1, 2, 3])

let folder: string
let cache: SnapshotCache
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stratarouter-snapshots-'))
  cache = new SnapshotCache(folder, 'compiler 1', { now: () => NOW_MS, monotonicMs: () => 0 })
})
afterEach(() => rmSync(folder, { recursive: true }))

function leave(name: string, minutesAgo: number): void {
  writeFileSync(join(folder, name), 'x')
  const seconds = (NOW_MS - minutesAgo * MINUTE_MS) / 1000
  utimesSync(join(folder, name), seconds, seconds)
}

describe('the snapshot cache', () => {
  it('gives back what was written, and null for what was not or is deleted', async () => {
    expect(await cache.read('a')).toBeNull()
    await cache.write('a', bytes, NONE)
    expect(await cache.read('a')).toEqual(bytes)
    await cache.delete('a')
    expect(await cache.read('a')).toBeNull()
  })

  it('names a snapshot after the routes and what compiles them', () => {
    const set = { routes: [{ name: 'a', examples: ['x'] }] }
    const key = cache.keyOf({ routeSet: set })
    const other = new SnapshotCache(folder, 'compiler 2', { now: () => NOW_MS, monotonicMs: () => 0 })
    expect(cache.keyOf({ routeSet: structuredClone(set) })).toBe(key)
    expect(cache.keyOf({ routeSet: { routes: [{ name: 'a', examples: ['y'] }] } })).not.toBe(key)
    expect(other.keyOf({ routeSet: set })).not.toBe(key)
  })

  it('keeps what is in use and the 16 newest of the rest', async () => {
    leave('used.snapshot', 1_000)
    for (let age = 1; age <= 20; age++) leave(`old-${age}.snapshot`, age)
    await cache.write('new', bytes, new Set(['used', 'new']))
    const kept = Array.from({ length: 16 }, (_, index) => `old-${index + 1}.snapshot`)
    expect(readdirSync(folder).sort()).toEqual(['new.snapshot', 'used.snapshot', ...kept].sort())
  })

  it('deletes the drafts that a crash left, of snapshots in use too, but none that may still be written', async () => {
    leave('new.snapshot.0a.draft', 11)
    leave('gone.snapshot.0b.draft', 11)
    leave('new.snapshot.0c.draft', 9)
    await cache.write('new', bytes, new Set(['new']))
    expect(readdirSync(folder).sort()).toEqual(['new.snapshot', 'new.snapshot.0c.draft'])
  })

  it('leaves no draft behind where the snapshot cannot be put in its place', async () => {
    mkdirSync(join(folder, 'a.snapshot'))
    await expect(cache.write('a', bytes, NONE)).rejects.toThrow()
    expect(readdirSync(folder)).toEqual(['a.snapshot'])
  })
})
