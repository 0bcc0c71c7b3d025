import type { ChatEvent, StreamedAnswer, TokenUsage } from '../contracts/index.ts'

interface EventWriter {
  write(event: ChatEvent): string
}

/** A streamed answer in the caller's protocol from canonical events; resolves once the first are there. */
export async function writeChatEvents(
  batches: AsyncIterable<readonly ChatEvent[]>,
  writer: EventWriter,
): Promise<StreamedAnswer> {
  let usage: TokenUsage | undefined
  const iterator = batches[Symbol.asyncIterator]()
  const read = async (): Promise<IteratorResult<string>> => {
    for (;;) {
      const { done, value } = await iterator.next()
      if (done === true) return { done, value: undefined }
      let text = ''
      for (const event of value) {
        if (event.kind === 'finish') usage = event.usage
        text += writer.write(event)
      }
      if (text !== '') return { done: false, value: text }
    }
  }
  let first: IteratorResult<string> | undefined = await read()
  const events: AsyncIterableIterator<string> = {
    next() {
      const result = first
      first = undefined
      return result === undefined ? read() : Promise.resolve(result)
    },
    async return() {
      await iterator.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => events,
  }
  return { kind: 'stream', events, usage: () => usage }
}
