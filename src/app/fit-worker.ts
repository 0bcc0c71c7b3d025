// Runs in a worker thread: fits one route set and ends.
import { parentPort, workerData } from 'node:worker_threads'
import type { RouteSet } from '../contracts/index.ts'
import { Router } from '../core/index.ts'
import { loadBuiltinEncoder } from '../encoders/builtin/index.ts'

const router = Router.compile(workerData as RouteSet, await loadBuiltinEncoder())
const bytes = router.save()
// Handed over, not copied.
parentPort?.postMessage(bytes, [bytes.buffer as ArrayBuffer])
