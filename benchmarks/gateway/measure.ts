import { eventTexts } from './event-texts.ts'
import { EVENTS, Generator } from './processes.ts'
import { type Mock, Sides } from './sides.ts'
import type {
  CrowdWave,
  FrontierPoint,
  GatewayResult,
  Load,
  LoadOutcome,
  Requests,
  Round,
  Rounds,
  Side,
  StreamRound,
} from './tasks.ts'

export interface Effort {
  readonly rounds: number
  /** Of each round. */
  readonly seconds: number
  /** Over how many connections the frontier goes. */
  readonly frontier: readonly number[]
  /** How often the crowd comes, and how many it is. */
  readonly waves: number
  readonly crowd: number
}

export const CONNECTIONS = 16
/** A pool large enough for all that is under way at the rate of the open loop, and for pauses of 80 ms. */
export const OPEN_CONNECTIONS = 256
export const OPEN_PER_SECOND = 2500
/** In which a crowd of streams begins; each takes four. */
export const ARRIVAL_SECONDS = 1
const WARM_UP_SECONDS = 0.3
/** What is compiled for good only after some thousands of requests. */
const FIRST_WARM_UP_SECONDS = 1.5

/** Everything that docs/gateway-speed.md tells, measured one after the other. */
export async function measureGateway(
  folder: string,
  effort: Effort,
  progress: (message: string) => void,
): Promise<GatewayResult> {
  const sides = await Sides.start(folder)
  const generator = new Generator()
  const meter = new Meter(sides, generator, effort)
  try {
    const between = ['bare', 'ours', 'portkey'] as const
    const idle = between.map((side) => sides.process(side)!.rssMb())
    progress('started')
    const latency = await meter.compare(['direct', 'bare', 'ours', 'portkey'], 'slow', {
      connections: CONNECTIONS,
    })
    progress('latency')
    const openLoop = await meter.compare(['direct', 'bare', 'ours'], 'slow', {
      connections: OPEN_CONNECTIONS,
      perSecond: OPEN_PER_SECOND,
    })
    progress('open loop')
    const alone = await meter.compare(['direct', 'bare', 'ours', 'portkey'], 'fast', { connections: 1 })
    progress('one connection')
    const throughput = await meter.compare(['bare', 'ours', 'routed', 'portkey'], 'fast', {
      connections: CONNECTIONS,
    })
    progress('throughput')
    const frontier = await meter.frontiers(between)
    progress('frontier')
    const streams = await meter.compareStreams(['direct', 'bare', 'ours', 'portkey'])
    progress('streams')
    const crowd = await meter.crowd()
    progress('crowd')
    const requests = sides.requests('direct', 'fast')
    return {
      requestBytes: Buffer.byteLength(requests.bodies[0]!),
      answerBytes: Math.round(meter.answerBytes),
      events: EVENTS,
      latency,
      openLoop,
      alone,
      throughput,
      frontier,
      streams,
      crowd,
      memory: Object.fromEntries(
        between.map((side, index) => [side, { idleMb: idle[index]!, afterMb: sides.process(side)!.rssMb() }]),
      ),
    }
  } finally {
    generator.stop()
    await sides.stop()
  }
}

class Meter {
  answerBytes = 0
  readonly #sides: Sides
  readonly #generator: Generator
  readonly #effort: Effort

  constructor(sides: Sides, generator: Generator, effort: Effort) {
    this.#sides = sides
    this.#generator = generator
    this.#effort = effort
  }

  compare(sides: readonly Side[], mock: Mock, load: Omit<Load, 'seconds'>): Promise<Rounds> {
    return this.#inTurn(
      sides,
      (side) => this.#sides.requests(side, mock),
      load,
      (_, round) => round,
    )
  }

  compareStreams(sides: readonly Side[]): Promise<Rounds<StreamRound>> {
    return this.#inTurn(
      sides,
      (side) => this.#sides.requests(side, 'paced', { isStreamed: true }),
      { connections: CONNECTIONS, timesPieces: true },
      ({ firstP50Ms, firstP99Ms, gapP50Ms, gapP99Ms }, round) => ({
        ...round,
        firstP50Ms,
        firstP99Ms,
        gapP50Ms,
        gapP99Ms,
      }),
    )
  }

  /** Rounds in turn, forwards and backwards, after one of each that does not count. */
  async #inTurn<Each>(
    sides: readonly Side[],
    requestsOf: (side: Side) => Requests,
    load: Omit<Load, 'seconds'>,
    roundOf: (outcome: LoadOutcome, round: Round) => Each,
  ): Promise<Rounds<Each>> {
    const { rounds, seconds } = this.#effort
    for (const side of sides) {
      await this.#round(side, requestsOf(side), { ...load, seconds: FIRST_WARM_UP_SECONDS })
    }
    const found = new Map<Side, Each[]>(sides.map((side) => [side, []]))
    for (let number = 0; number < rounds; number++) {
      for (const side of number % 2 === 0 ? sides : sides.toReversed()) {
        const { outcome, round } = await this.#round(side, requestsOf(side), {
          ...load,
          seconds,
          warmUpSeconds: WARM_UP_SECONDS,
        })
        found.get(side)!.push(roundOf(outcome, round))
        this.answerBytes = outcome.meanBodyBytes
      }
    }
    return Object.fromEntries(found) as Rounds<Each>
  }

  async #round(
    side: Side,
    requests: Requests,
    load: Load,
  ): Promise<{ readonly outcome: LoadOutcome; readonly round: Round }> {
    const process = this.#sides.process(side)
    const before = process?.cpuSeconds() ?? Number.NaN
    let outcome: LoadOutcome
    try {
      outcome = await this.#generator.load(requests, load)
    } catch (error) {
      throw new Error(`${side}: ${(error as Error).message}`)
    }
    const { answered, seconds, p50Ms, p99Ms, generatorCores } = outcome
    // The warm-up takes its share of the processor too.
    const share = seconds / (seconds + (load.warmUpSeconds ?? 0))
    const used = ((process?.cpuSeconds() ?? Number.NaN) - before) * share
    const isKnown = used > 0
    return {
      outcome,
      round: {
        perSecond: answered / seconds,
        p50Ms,
        p99Ms,
        cpuUs: isKnown ? (used * 1e6) / answered : null,
        cores: isKnown ? used / seconds : null,
        generatorCores,
      },
    }
  }

  async frontiers(sides: readonly Side[]): Promise<GatewayResult['frontier']> {
    const points = new Map<Side, FrontierPoint[]>(sides.map((side) => [side, []]))
    for (const connections of this.#effort.frontier) {
      for (const side of sides) {
        const load = { connections, seconds: this.#effort.seconds / 2, warmUpSeconds: WARM_UP_SECONDS }
        const { round } = await this.#round(side, this.#sides.requests(side, 'fast'), load)
        points.get(side)!.push({ connections, perSecond: round.perSecond, p99Ms: round.p99Ms })
      }
    }
    return Object.fromEntries(points)
  }

  /** Many streams at once through our gateway, again and again. */
  async crowd(): Promise<CrowdWave[]> {
    const { waves, crowd } = this.#effort
    const options = { count: crowd, isStreamed: true }
    const expected = await textsOf(this.#sides.requests('direct', 'fast', options))
    const requests = this.#sides.requests('ours', 'lasting', options)
    const found: CrowdWave[] = []
    for (let wave = 0; wave < waves; wave++) {
      const outcome = await this.#generator.crowd(requests, { arrivalSeconds: ARRIVAL_SECONDS, expected })
      found.push({ ...outcome, rssMb: this.#sides.process('ours')!.rssMb() })
    }
    return found
  }
}

/** What the events of each answer say when nothing is in between. */
async function textsOf({ port, path, headers, bodies }: Requests): Promise<string[][]> {
  const texts: string[][] = []
  for (const body of bodies) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body })
    texts.push([...eventTexts(await answer.text()).texts])
  }
  return texts
}
