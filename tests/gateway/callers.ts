import type { Protocol } from '../../src/contracts/index.ts'

/** How callers of a protocol ask, and how they know an answer and an error. */
export interface Caller {
  readonly protocol: Protocol
  readonly path: string
  bodyOf(text: string): Readonly<Record<string, unknown>>
  /** Whether a streamed answer has its protocol's end; of a whole one, whether it is one. */
  hasEnd(answer: ReadAnswer): boolean
}

export interface ReadAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Of a streamed answer. */
  readonly events: readonly { readonly event: string | undefined; readonly data: string }[]
}

const user = (text: string) => [{ role: 'user', content: text }]

export const CHAT: Caller = {
  protocol: 'openai-chat',
  path: '/v1/chat/completions',
  bodyOf: (text) => ({ messages: user(text) }),
  hasEnd: ({ events, text }) =>
    events.length > 0 ? events.at(-1)?.data === '[DONE]' : text.includes('"choices"'),
}

export const CALLERS: readonly Caller[] = [
  CHAT,
  {
    protocol: 'openai-responses',
    path: '/v1/responses',
    bodyOf: (text) => ({ input: text }),
    hasEnd: ({ events, text }) =>
      events.length > 0 ? events.at(-1)?.event === 'response.completed' : text.includes('"output"'),
  },
  {
    protocol: 'anthropic-messages',
    path: '/v1/messages',
    bodyOf: (text) => ({ max_tokens: 1_000_000, messages: user(text) }),
    hasEnd: ({ events, text }) =>
      events.length > 0 ? events.at(-1)?.event === 'message_stop' : text.includes('"content"'),
  },
]

export const callOf = (caller: Caller, model: string, isStreamed: boolean, text = 'where is my refund?') => ({
  model,
  ...caller.bodyOf(text),
  ...(isStreamed ? { stream: true } : {}),
})

/** Asks, and reads all that comes. */
export async function readAnswer(
  url: string,
  { path }: Caller,
  body: unknown,
  { headers = {}, signal }: { headers?: Readonly<Record<string, string>>; signal?: AbortSignal } = {},
): Promise<ReadAnswer> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  })
  const text = await response.text()
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  return { status: response.status, headers: response.headers, text, events: isStream ? eventsIn(text) : [] }
}

/** Every server-sent event of a text, which must hold nothing else. */
export function eventsIn(text: string): ReadAnswer['events'] {
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => {
      const [, name, data] = /^(?:event: (.*)\n)?data: (.*)$/.exec(event) ?? []
      if (data === undefined) throw new Error(`no server-sent event: ${event}`)
      return { event: name, data }
    })
}

/** What an error says to callers of a protocol; fails where it is not in its shape. */
export function errorIn(
  { protocol }: Caller,
  json: string,
): { readonly code: string; readonly message: string; readonly type: string } {
  const body = JSON.parse(json)
  const { error } = body
  if (typeof error?.message !== 'string' || typeof error.type !== 'string')
    throw new Error(`no error: ${json}`)
  if (protocol !== 'anthropic-messages') return { code: error.code, message: error.message, type: error.type }
  if (body.type !== 'error') throw new Error(`no error of Anthropic: ${json}`)
  return { code: error.details.error_code, message: error.message, type: error.type }
}
