import { Worker } from 'node:worker_threads'

/** In a thread of its own, as the work holds up the first one for as long as it takes; as text, since a bundle has no file for it. */
const LIFELINE = `
  const { workerData: fd } = require('node:worker_threads')
  const { Socket } = require('node:net')
  const end = () => process.kill(process.pid, 'SIGKILL')
  new Socket({ fd, readable: true, writable: false }).on('error', end).on('close', end).resume()
`

/**
 * Has this process end, whatever it is doing, when the pipe `fd` does, which it does with the process at the other end.
 * @returns takes that back, so that the process can end by itself
 */
export function endWithParent(fd: number): () => Promise<void> {
  const lifeline = new Worker(LIFELINE, { eval: true, execArgv: [], workerData: fd })
  return async () => {
    await lifeline.terminate()
  }
}
