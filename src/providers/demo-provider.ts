import type { Provider } from '../contracts/index.ts'
import { localProvider } from './local-provider.ts'
import { lastUserText, textAnswer } from './text-answer.ts'

interface DemoSettings {
  readonly name: string
  readonly nextId: () => string
  readonly now: () => number
}

/** Longest part of a message that is said back. */
const QUOTED_CHARACTERS = 200

/** An offline stand-in for a model: says that it is one, where the message went, and what it was. */
export function demoProvider({ name, nextId, now }: DemoSettings): Provider {
  return localProvider(name, async (request, model, { route, decision }) => {
    const message = lastUserText(request)
    const quoted = message.length <= QUOTED_CHARACTERS ? message : `${message.slice(0, QUOTED_CHARACTERS)} …`
    const sure = decision === undefined ? '' : ` with a confidence of ${decision.confidence}`
    const went =
      route === undefined
        ? 'No route was asked for.'
        : route === null
          ? 'No route matched.'
          : `It was routed to "${route}"${sure}.`
    const text = `[demo provider: no language model was asked] ${went} Your message: "${quoted}"`
    return textAnswer(request, model, text, { nextId, now })
  })
}
