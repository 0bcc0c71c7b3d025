// Runs as a process of its own: reads a route set as JSON from standard input, fits it, and writes the snapshot to the
// file named by its argument.
import { writeFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { json } from 'node:stream/consumers'
import type { RouteSet } from '../contracts/index.ts'
import { Router } from '../core/index.ts'
import { loadBuiltinEncoder } from '../encoders/builtin/index.ts'

// Deciding goes first wherever both want the same core.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
const routeSet = (await json(process.stdin)) as RouteSet
const snapshot = Router.compile(routeSet, await loadBuiltinEncoder()).save()
writeFileSync(process.argv[2] as string, snapshot)
