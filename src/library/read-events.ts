import type { ChatEvent } from '../contracts/index.ts'

const DATA = 'data: '

/** The events in a piece of a stream in the canonical form: each is a line of data and a blank one. */
export function readEvents(text: string): ChatEvent[] {
  return text.split('\n\n').flatMap((block) => {
    // Written in this process, by whoever wrote the events.
    return block.startsWith(DATA) ? [JSON.parse(block.slice(DATA.length)) as ChatEvent] : []
  })
}
