import { type ErrorDetail, StrataError } from '../errors/index.ts'
import { withoutSecrets } from '../util/without-secrets.ts'
import { childSchema } from './secrets.ts'
import { configJsonSchema, type JsonSchema } from './settings.ts'

/**
 * One error of all problems, secrets masked.
 * @param placeOf where the value was written down, such as `stratarouter.yaml:3`, of those with a place
 */
export function refuseConfiguration(
  problems: readonly ErrorDetail[],
  placeOf: (keys: readonly string[], path: string) => string | undefined = () => undefined,
): StrataError {
  const details = problems.map((problem) => {
    const keys = problem.path.split(/[.[\]]+/).filter((key) => key !== '')
    const place = placeOf(keys, problem.path)
    return {
      ...problem,
      ...(problem.got ? { got: harmless(problem.got, keys) } : {}),
      message: place ? `${problem.message} (${place})` : problem.message,
    }
  })
  const list = details.map(
    (detail) => `\n  ${detail.path}: ${detail.message}${detail.got ? `, got ${detail.got}` : ''}`,
  )
  const count = details.length === 1 ? 'one problem' : `${details.length} problems`
  return new StrataError('invalid_configuration', `The configuration has ${count}:${list.join('')}`, {
    details,
  })
}

/** What came, as far as it can be told: what stands at a place that is not known may be a secret that was put there. */
function harmless(got: string, keys: readonly string[]): string {
  if (isSecretAt(keys)) return '***'
  if (got.startsWith('{')) return 'an object'
  if (got.startsWith('[')) return 'a list'
  if (got.startsWith('"') && !isKnownAt(keys)) return 'a text'
  return withoutSecrets(got)
}

function isKnownAt(keys: readonly string[]): boolean {
  let here: JsonSchema | undefined = configJsonSchema
  for (const key of keys) here = /^\d+$/.test(key) && here?.items ? here.items : childSchema(here, key)
  return here !== undefined
}

function isSecretAt(keys: readonly string[]): boolean {
  let here: JsonSchema | undefined = configJsonSchema
  for (const key of keys) {
    here = /^\d+$/.test(key) && here?.items ? here.items : childSchema(here, key)
    if (here?.secret) return true
  }
  return false
}
