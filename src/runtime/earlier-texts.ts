import type { JsonObject } from '../contracts/index.ts'
import { objectsIn } from '../protocols/json-fields.ts'
import { contentText } from '../protocols/user-text.ts'

/** The texts of the user's messages before the last one, the last so many of them, oldest first. */
export function earlierUserTexts({ messages, input }: JsonObject, most: number): readonly string[] {
  const texts: string[] = []
  const turns = objectsIn(messages ?? input)
  let isFirst = true
  for (let index = turns.length - 1; index >= 0 && texts.length < most; index--) {
    const turn = turns[index] as JsonObject
    if (turn.role !== 'user') continue
    const text = contentText(turn.content)
    if (text === undefined) continue
    if (isFirst) isFirst = false
    else texts.push(text)
  }
  return texts.reverse()
}
