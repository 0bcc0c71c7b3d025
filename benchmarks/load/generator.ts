// Sends requests in a process of its own: started by run.ts, which tells it over IPC what to send.
import { Connection } from './connection.ts'
import type { Load, LoadOutcome, Requests } from './tasks.ts'

/** A minute of the fastest server would take fewer. */
const MOST_TIMES = 4_000_000

const decisionUs = new Float64Array(MOST_TIMES)
const times = new Float64Array(MOST_TIMES)

function buildRequests({ path, bodies }: Requests): Buffer[] {
  return bodies.map((body) =>
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  )
}

let built: Buffer[] = []
let next = 0

const nextRequest = () => {
  if (next === built.length) next = 0
  return built[next++]!
}

/** `…"latencyUs":12.3}` */
function latencyUsOf(answer: Buffer): number {
  const start = answer.lastIndexOf('"latencyUs":')
  return Number.parseFloat(answer.toString('latin1', start + 12))
}

/** Sends until the time is over; of what is under way then nothing counts. */
async function run({
  port,
  connections: count,
  seconds,
  perSecond,
  readsLatency,
}: Load): Promise<LoadOutcome> {
  let answered = 0
  let good = 0
  let isOver = false
  let bytes = 0
  const statuses: Record<number, number> = {}
  let failed: Error | undefined
  const idle: Connection[] = []
  /** Requests that are due while every connection is busy wait here, as in a client with a pool. */
  const waiting: number[] = []
  let waitingFrom = 0
  const send = (connection: Connection, dueMs: number) => {
    connection.dueMs = dueMs
    connection.send(nextRequest())
  }
  const onAnswer = (connection: Connection, status: number, bodyBytes: number, tail: Buffer) => {
    if (isOver) return
    const now = performance.now()
    statuses[status] = (statuses[status] ?? 0) + 1
    answered++
    if (status === 200) {
      if (readsLatency) decisionUs[good] = latencyUsOf(tail)
      times[good++] = now - connection.dueMs
      bytes += bodyBytes
    }
    if (perSecond === undefined) send(connection, now)
    else if (waitingFrom < waiting.length) send(connection, waiting[waitingFrom++]!)
    else idle.push(connection)
  }
  const onError = (error: Error) => {
    failed ??= error
  }
  const connections = await Promise.all(
    Array.from({ length: count }, () => Connection.open(port, onAnswer, onError)),
  )
  const cpu = process.cpuUsage()
  const start = performance.now()
  const endMs = start + seconds * 1000
  if (perSecond === undefined) for (const connection of connections) send(connection, start)
  else {
    idle.push(...connections)
    let due = 0
    const tick = () => {
      if (isOver) return
      const now = performance.now()
      for (; start + (due * 1000) / perSecond <= now; due++) {
        const connection = idle.pop()
        const dueMs = start + (due * 1000) / perSecond
        if (connection) send(connection, dueMs)
        else waiting.push(dueMs)
      }
      setTimeout(tick, 1)
    }
    tick()
  }
  while (performance.now() < endMs && failed === undefined) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(50, Math.max(1, endMs - performance.now()))))
  }
  isOver = true
  const elapsed = (performance.now() - start) / 1000
  const used = process.cpuUsage(cpu)
  for (const connection of connections) connection.end()
  if (failed) throw failed
  const sorted = times.subarray(0, good).sort()
  const at = (share: number, of = sorted) => of[Math.min(good - 1, Math.floor(share * good))] ?? 0
  return {
    seconds: elapsed,
    answered,
    good,
    statuses,
    meanBodyBytes: good === 0 ? 0 : bytes / good,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    decisionP99Us: readsLatency ? at(0.99, decisionUs.subarray(0, good).sort()) : 0,
    generatorCpuSeconds: (used.user + used.system) / 1e6,
  }
}

process.on('message', (message: Requests | Load) => {
  if ('bodies' in message) {
    built = buildRequests(message)
    next = 0
    process.send!({ built: built.length })
    return
  }
  run(message).then(
    (outcome) => process.send!(outcome),
    (error: Error) => process.send!({ error: error.message }),
  )
})
process.on('disconnect', () => process.exit())
