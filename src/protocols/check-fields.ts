import type { JsonObject } from '../contracts/index.ts'
import type { ErrorDetail } from '../errors/index.ts'

const SHOWN_LENGTH = 60

/** What came, shortened for a message. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH)}…`
}

/** Adds what is wrong with the fields that all protocols share. */
export function checkCommonFields(body: JsonObject, problems: ErrorDetail[]): void {
  const { model, stream } = body
  if (typeof model !== 'string' || model === '') {
    problems.push({ path: 'model', message: 'Expected the name of a model.', got: shown(model) })
  }
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    problems.push({ path: 'stream', message: 'Expected true or false.', got: shown(stream) })
  }
}

/** Adds what is wrong with a list of messages of which each has a role and a content. */
export function checkMessages(
  messages: unknown,
  path: string,
  roles: readonly string[],
  problems: ErrorDetail[],
): void {
  if (!Array.isArray(messages) || messages.length === 0) {
    problems.push({ path, message: 'Expected a list of at least one message.', got: shown(messages) })
    return
  }
  messages.forEach((message: unknown, index) => {
    checkMessage(message, `${path}[${index}]`, roles, problems)
  })
}

/** Adds what is wrong with one message. */
export function checkMessage(
  message: unknown,
  path: string,
  roles: readonly string[],
  problems: ErrorDetail[],
): void {
  if (typeof message !== 'object' || message === null) {
    problems.push({ path, message: 'Expected an object with `role` and `content`.', got: shown(message) })
    return
  }
  const { role, content } = message as JsonObject
  if (typeof role !== 'string' || !roles.includes(role)) {
    problems.push({
      path: `${path}.role`,
      message: `Expected one of ${roles.join(', ')}.`,
      got: shown(role),
    })
  }
  checkContent(content, `${path}.content`, problems)
}

function checkContent(content: unknown, path: string, problems: ErrorDetail[]): void {
  if (content === undefined || content === null || typeof content === 'string') return
  if (!Array.isArray(content)) {
    problems.push({ path, message: 'Expected text or a list of parts.', got: shown(content) })
    return
  }
  content.forEach((part: unknown, index) => {
    if (typeof part === 'object' && part !== null) return
    problems.push({
      path: `${path}[${index}]`,
      message: 'Expected an object with a `type`.',
      got: shown(part),
    })
  })
}
