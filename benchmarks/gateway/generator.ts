// Sends requests in a process of its own: started by others, which tell it over IPC what to send.
import { Connection, type ConnectionListener } from './connection.ts'
import { eventTexts } from './event-texts.ts'
import type { Crowd, CrowdOutcome, GeneratorTask, Load, LoadOutcome, Requests } from './tasks.ts'

/** More than come in a minute. */
const MOST_TIMES = 2_000_000

/** A machine with other work may hold everything up for a while. */
const PATIENCE_MS = 10_000

const times = new Float64Array(MOST_TIMES)
const firsts = new Float64Array(MOST_TIMES)
const gaps = new Float64Array(MOST_TIMES)

function built({ path, headers, bodies }: Requests): Buffer[] {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n${lines.join('')}`
  return bodies.map((body) => Buffer.from(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`))
}

const openAll = (count: number, port: number, listener: ConnectionListener) =>
  Promise.all(Array.from({ length: count }, () => Connection.open(port, listener)))

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const strangeAnswer = ({ status, text }: Connection) =>
  new Error(`a request was answered with ${status}: ${text.slice(0, 500)}`)

/** Sends until the time is over; of what is under way then nothing counts. */
async function runLoad(requests: Requests, load: Load): Promise<LoadOutcome> {
  const { connections: count, seconds, warmUpSeconds = 0, perSecond, timesPieces = false } = load
  const bodies = built(requests)
  let next = 0
  let answered = 0
  let gapCount = 0
  let bytes = 0
  let counts = warmUpSeconds === 0
  let isOver = false
  let failed: Error | undefined
  const idle: Connection[] = []
  /** Requests that are due while every connection is busy wait here, as in a client with a pool. */
  const waiting: number[] = []
  let waitingFrom = 0
  const send = (connection: Connection, dueMs: number) => {
    const number = next
    next = next + 1 === bodies.length ? 0 : next + 1
    connection.send(bodies[number]!, number, dueMs)
  }
  const listener: ConnectionListener = {
    onData(connection, piece) {
      if (connection.status !== 200) connection.text += piece.toString()
      if (!timesPieces || isOver) return
      const now = performance.now()
      if (connection.lastDataMs === 0) connection.firstMs = now - connection.dueMs
      else if (counts) gaps[gapCount++] = now - connection.lastDataMs
      connection.lastDataMs = now
    },
    onAnswer(connection) {
      if (isOver) return
      if (connection.status !== 200) {
        failed ??= strangeAnswer(connection)
        return
      }
      const now = performance.now()
      if (counts) {
        firsts[answered] = connection.firstMs
        times[answered++] = now - connection.dueMs
        bytes += connection.bodyBytes
      }
      if (perSecond === undefined) send(connection, now)
      else if (waitingFrom < waiting.length) send(connection, waiting[waitingFrom++]!)
      else idle.push(connection)
    },
    onError(error) {
      failed ??= error
    },
  }
  const connections = await openAll(count, requests.port, listener)
  const start = performance.now()
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
  const until = async (endMs: number, isEnough = () => true) => {
    while ((performance.now() < endMs || !isEnough()) && failed === undefined) {
      if (performance.now() > endMs + PATIENCE_MS) throw new Error('nothing was answered for a long time')
      await wait(Math.min(50, Math.max(1, endMs - performance.now())))
    }
  }
  await until(start + warmUpSeconds * 1000)
  counts = true
  const cpu = process.cpuUsage()
  const countedFrom = performance.now()
  await until(countedFrom + seconds * 1000, () => answered > 0)
  isOver = true
  const elapsed = (performance.now() - countedFrom) / 1000
  const used = process.cpuUsage(cpu)
  for (const connection of connections) connection.end()
  if (failed) throw failed
  const at = percentilesOf(times, answered)
  const first = percentilesOf(firsts, timesPieces ? answered : 0)
  const gap = percentilesOf(gaps, gapCount)
  return {
    seconds: elapsed,
    answered,
    meanBodyBytes: bytes / answered,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    firstP50Ms: first(0.5),
    firstP99Ms: first(0.99),
    gapP50Ms: gap(0.5),
    gapP99Ms: gap(0.99),
    generatorCores: (used.user + used.system) / 1e6 / elapsed,
  }
}

function percentilesOf(values: Float64Array, count: number): (share: number) => number {
  const sorted = values.subarray(0, count).sort()
  return (share) => sorted[Math.min(count - 1, Math.floor(share * count))] ?? 0
}

async function runCrowd(requests: Requests, { arrivalSeconds, expected }: Crowd): Promise<CrowdOutcome> {
  const bodies = built(requests)
  let events = 0
  let expectedEvents = 0
  let refusedStreams = 0
  let brokenStreams = 0
  let missing = bodies.length
  const over = Promise.withResolvers<void>()
  const check = ({ text: stream, requestNumber }: Connection) => {
    const { texts, hasEnded } = eventTexts(Buffer.from(stream, 'latin1').toString())
    const wanted = expected[requestNumber]!
    events += texts.length
    expectedEvents += wanted.length
    const isWhole = texts.length === wanted.length && texts.every((text, at) => text === wanted[at])
    if (!isWhole || !hasEnded) brokenStreams++
  }
  const connections = await openAll(bodies.length, requests.port, {
    onData(connection, piece) {
      connection.text += piece.toString('latin1')
    },
    onAnswer(connection) {
      if (connection.status === 200) check(connection)
      else refusedStreams++
      if (--missing === 0) over.resolve()
    },
    onError: over.reject,
  })
  const start = performance.now()
  let sent = 0
  const arrive = () => {
    const now = performance.now()
    const due = Math.min(bodies.length, Math.ceil(((now - start) / 1000 / arrivalSeconds) * bodies.length))
    for (; sent < due; sent++) connections[sent]!.send(bodies[sent]!, sent, now)
    if (sent < bodies.length) setTimeout(arrive, 1)
  }
  arrive()
  try {
    await over.promise
  } finally {
    for (const connection of connections) connection.end()
  }
  return {
    seconds: (performance.now() - start) / 1000,
    streams: bodies.length,
    events,
    expectedEvents,
    refusedStreams,
    brokenStreams,
  }
}

process.on('message', (task: GeneratorTask) => {
  const running = 'load' in task ? runLoad(task.requests, task.load) : runCrowd(task.requests, task.crowd)
  running.then(
    (outcome) => process.send!(outcome),
    (error: Error) => process.send!({ error: error.message }),
  )
})
process.on('disconnect', () => process.exit())
