import { clincRoutes } from '../speed/route-sets.ts'

/** Different ones, so that no two under way are the same and answered as one; few enough for the mock to remember all. */
export const CONVERSATIONS = 200

const SYSTEM =
  'You are the assistant of a bank and travel service. Answer briefly and politely, in the language of the customer. ' +
  'Promise nothing that the service cannot keep, ask for what is missing, and never repeat numbers of cards or accounts.'

/** Routes of CLINC150 that all lead to the model `fast`, for the decisions of `auto`. */
export const routes = () => clincRoutes(150, 20).routes

/** Bodies of chat completions of about 500 bytes, with messages that are in the routes' language but not their examples. */
export function bodiesFor(model: string, { count = CONVERSATIONS, isStreamed = false } = {}): string[] {
  const { queries } = clincRoutes(150, 20)
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      model,
      messages: [
        { role: 'system', content: SYSTEM },
        { role: 'user', content: `${queries[index * 4]!.text}, reference ${10_000 + index}` },
      ],
      max_tokens: 256,
      ...(isStreamed ? { stream: true } : {}),
    }),
  )
}
