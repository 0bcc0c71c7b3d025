import type { Provider } from '../contracts/index.ts'
import { localProvider } from './local-provider.ts'
import { lastUserText, textAnswer } from './text-answer.ts'

interface StaticSettings {
  readonly name: string
  /** `{{text}}`, `{{route}}` and `{{model}}` stand for the last message, the route and the model. */
  readonly text: string
  readonly nextId: () => string
  readonly now: () => number
}

/** Answers every call with one text. */
export function staticProvider({ name, text, nextId, now }: StaticSettings): Provider {
  return localProvider(name, async (request, model, { route }) => {
    const values: Readonly<Record<string, string>> = {
      text: lastUserText(request),
      route: route ?? '',
      model,
    }
    const filled = text.replace(/\{\{(text|route|model)\}\}/g, (_, field: string) => values[field] ?? '')
    return textAnswer(request, model, filled, { nextId, now })
  })
}
