// Runs as a process of its own: reads a route set as JSON from standard input, fits it, and writes the snapshot to
// standard output.
import { constants, setPriority } from 'node:os'
import { json } from 'node:stream/consumers'
import type { RouteSet } from '../contracts/index.ts'
import { Router } from '../core/index.ts'
import { loadBuiltinEncoder } from '../encoders/builtin/index.ts'

// Deciding goes first wherever both want the same core.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
// Writing fails once nobody listens: whoever wanted the snapshot has ended, and so does this.
process.stdout.on('error', () => process.exit(1))
const routeSet = (await json(process.stdin)) as RouteSet
process.stdout.write(Router.compile(routeSet, await loadBuiltinEncoder()).save())
