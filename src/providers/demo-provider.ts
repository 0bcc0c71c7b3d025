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
  return localProvider(name, async (request, model, { decision }) => {
    const message = lastUserText(request)
    const quoted = message.length <= QUOTED_CHARACTERS ? message : `${message.slice(0, QUOTED_CHARACTERS)} …`
    const went =
      decision === undefined
        ? 'No route was asked for.'
        : decision.route === null
          ? 'No route matched.'
          : `It was routed to "${decision.route}" with a confidence of ${decision.confidence.toFixed(3)}.`
    const text = `[demo provider: no language model was asked] ${went} Your message: "${quoted}"`
    return textAnswer(request, model, text, { nextId, now })
  })
}
