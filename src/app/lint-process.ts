// Runs as a process of its own: reads a snapshot from standard input and writes what `lint` finds in its route set, as JSON,
// to standard output. It ends with whoever holds the other end of its fourth file.
import { constants, setPriority } from 'node:os'
import { buffer } from 'node:stream/consumers'
import { Router } from '../core/index.ts'
import { lintRoutes } from '../core/lint-routes.ts'
import { loadBuiltinEncoder } from '../encoders/builtin/index.ts'
import { endWithParent } from './end-with-parent.ts'

// Deciding goes first wherever both want the same core.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
const letGo = endWithParent(3)
const bytes = await buffer(process.stdin)
const router = Router.load(new Uint8Array(bytes), await loadBuiltinEncoder())
process.stdout.write(JSON.stringify(lintRoutes(router.routeSet, router).problems))
await letGo()
