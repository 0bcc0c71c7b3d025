type Trouble =
  | 'none'
  | `${Cut}`
  | `${Cut}:${number}`
  | 'wrong-type'
  | `huge:${number}`
  | 'drip'
  | `drip:${number}`
  | `pace:${number}`
  | `${number}`
  | `${number}:${RetryAfter}`
  | '429:quota'
  | '400:context'

type Cut = 'hang' | 'reset' | 'hold' | 'truncate' | 'short' | 'malformed' | 'error-event'
type RetryAfter = `${number}s` | `${number}ms` | `date=${number}s`

/** Before what comes else: waits that many milliseconds, or until `release()`. */
type Wait = `delay:${number}` | 'hold'

/**
 * How an answer goes wrong, as a text that is the same in the process, in the header `x-mock-fault` and after `#` in the name
 * of a model. N counts events of a streamed answer, bytes of a whole one, and is half of it where left out.
 * `none`: nothing goes wrong.
 * `hang`, `reset`: nothing comes, or the connection is reset, before the head; with `:N` after the head and N of the body.
 * `hold`, `hold:N`: waits at that place until `release()`, then goes on.
 * `truncate:N`: the connection is closed, without the end that HTTP asks for.
 * `short:N`: ends as HTTP asks, but without the rest of the body: half a JSON text, a stream without its last event.
 * `malformed:N`: half a JSON text in the place of the answer, or of its event N.
 * `error-event:N`: status 200 and then the protocol's error, as an event of a streamed answer, as the body of a whole one.
 * `wrong-type`: status 200 and a page of HTML.
 * `huge:BYTES`: an answer with a text of that size, in one event.
 * `drip:MS`: byte by byte, that many milliseconds apart; without `:MS` as fast as bytes go.
 * `pace:MS`: event by event, that many milliseconds apart.
 * A status such as `500`: the protocol's error. `429:2s`, `429:200ms`, `429:date=2s` also say when to come again, in
 * `Retry-After` as seconds, in `retry-after-ms`, in `Retry-After` as a date. `429:quota`: the account is used up.
 * `400:context`: the request is too long for the model.
 * `delay:MS+FAULT`, `hold+FAULT`: so many milliseconds, or until `release()`, before any of these.
 */
export type MockFault = Trouble | Wait | `${Wait}+${Trouble}`

export interface FaultSteps {
  /** Before the head: milliseconds, or until released. */
  readonly wait: number | 'hold'
  readonly trouble: ParsedTrouble
}

interface SimpleTrouble {
  readonly kind: 'none' | 'wrong-type'
}

interface CutTrouble {
  readonly kind: Cut
  /** Undefined: before the head, or half way where the kind needs a head. */
  readonly at: number | undefined
}

interface HugeTrouble {
  readonly kind: 'huge'
  readonly bytes: number
}

interface SlowTrouble {
  readonly kind: 'drip' | 'pace'
  readonly ms: number
}

export interface StatusTrouble {
  readonly kind: 'status'
  readonly status: number
  readonly reason: 'quota' | 'context' | undefined
  readonly retryAfter: { readonly form: 'seconds' | 'ms' | 'date'; readonly ms: number } | undefined
}

export type ParsedTrouble = SimpleTrouble | CutTrouble | HugeTrouble | SlowTrouble | StatusTrouble

const NO_TROUBLE: ParsedTrouble = { kind: 'none' }
export const NO_FAULT: FaultSteps = { wait: 0, trouble: NO_TROUBLE }

const CUTS: readonly string[] = ['hang', 'reset', 'hold', 'truncate', 'short', 'malformed', 'error-event']

/** @throws TypeError where the text names no fault */
export function parseMockFault(text: string): FaultSteps {
  const parts = text.trim().split('+')
  const [first = '', second] = parts
  const delayMs = /^delay:(\d+)$/.exec(first)?.[1]
  if (parts.length <= 2) {
    if (delayMs !== undefined) return { wait: Number(delayMs), trouble: parseTrouble(second ?? 'none', text) }
    if (first === 'hold') return { wait: 'hold', trouble: parseTrouble(second ?? 'none', text) }
    if (second === undefined) return { wait: 0, trouble: parseTrouble(first, text) }
  }
  throw unknownFault(text)
}

function parseTrouble(trouble: string, text: string): ParsedTrouble {
  if (trouble === 'none' || trouble === 'wrong-type') return { kind: trouble }
  const status = /^([1-5]\d\d)(?::(?:(quota|context)|(date=)?(\d+)(m?s)))?$/.exec(trouble)
  if (status !== null) {
    const [, digits, reason, date, amount, unit] = status
    if (date === undefined || unit === 's') {
      return {
        kind: 'status',
        status: Number(digits),
        reason: reason as 'quota' | 'context' | undefined,
        retryAfter:
          amount === undefined
            ? undefined
            : {
                form: date !== undefined ? 'date' : unit === 's' ? 'seconds' : 'ms',
                ms: Number(amount) * (unit === 's' ? 1000 : 1),
              },
      }
    }
  }
  const [, kind = '', amount] = /^([a-z-]+)(?::(\d+))?$/.exec(trouble) ?? []
  if (CUTS.includes(kind)) {
    return { kind: kind as Cut, at: amount === undefined ? undefined : Number(amount) }
  }
  if (kind === 'huge' && amount !== undefined) return { kind, bytes: Number(amount) }
  if (kind === 'drip' || (kind === 'pace' && amount !== undefined)) return { kind, ms: Number(amount ?? 0) }
  throw unknownFault(text)
}

const unknownFault = (text: string) =>
  new TypeError(
    `no fault is called '${text}'; expected one of none, delay:MS, hold, hang, reset, truncate, short, malformed, ` +
      'error-event, wrong-type, huge:BYTES, drip, pace:MS, a status such as 429:2s, or delay:MS+FAULT',
  )
