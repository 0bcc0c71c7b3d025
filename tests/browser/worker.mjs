import { decideHere } from './decide-here.mjs'

postMessage({ isWorker: typeof window === 'undefined', ...(await decideHere()) })
