/** The texts in the events of a streamed chat completion, in their order, and whether its end has come. */
export function eventTexts(stream: string): {
  readonly texts: readonly string[]
  readonly hasEnded: boolean
} {
  const texts: string[] = []
  let hasEnded = false
  for (const event of stream.split('\n\n')) {
    if (!event.startsWith('data: ')) continue
    const data = event.slice('data: '.length)
    if (data === '[DONE]') {
      hasEnded = true
      continue
    }
    const { choices } = JSON.parse(data) as { choices?: { delta?: { content?: string } }[] }
    const text = choices?.[0]?.delta?.content
    if (text !== undefined && text !== '') texts.push(text)
  }
  return { texts, hasEnded }
}
