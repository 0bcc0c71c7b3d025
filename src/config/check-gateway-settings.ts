import type { ErrorDetail } from '../errors/index.ts'
import { nearestName } from '../util/nearest-name.ts'
import { addConventionalKeys } from './conventional-keys.ts'
import type { Environment } from './environment.ts'
import { gatewayProblems } from './gateway-problems.ts'
import { gatewaySchema } from './gateway-schema.ts'
import { pathText, problemsOf } from './problems.ts'
import { refuseConfiguration } from './refuse-configuration.ts'
import { type Config, configSchema } from './schema.ts'
import { readSecret, replaceSecrets } from './secrets.ts'
import { configJsonSchema } from './settings.ts'

interface CheckOptions {
  readonly environment: Environment
  /** What `file:` paths are relative to. */
  readonly workingDirectory: string
}

const NAMES = Object.keys(gatewaySchema)

/**
 * The same from a program instead of a file: checked alike, secrets read, everything else at its default.
 * @param input fields of `gatewaySchema`; those that are undefined are left out
 * @throws StrataError `invalid_configuration` with every problem in `details`
 */
export function checkGatewaySettings(
  input: Readonly<Record<string, unknown>>,
  { environment, workingDirectory }: CheckOptions,
): Config {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
  const unknown = Object.keys(given).filter((name) => !NAMES.includes(name))
  if (unknown.length > 0) throw refuseConfiguration(unknown.map(unknownName))
  const parsed = configSchema.safeParse(given)
  if (!parsed.success) {
    throw refuseConfiguration(problemsOf(parsed.error.issues, given, configJsonSchema))
  }
  const details: ErrorDetail[] = []
  const config = replaceSecrets(configJsonSchema, parsed.data, (keys, text) => {
    const secret = readSecret(text, { folder: workingDirectory, environment })
    if ('value' in secret) return secret.value
    details.push({ path: pathText(keys), message: secret.problem })
    return text
  }) as Config
  addConventionalKeys(config.providers, environment)
  details.push(...gatewayProblems(config))
  if (details.length > 0) throw refuseConfiguration(details)
  return config
}

function unknownName(path: string): ErrorDetail {
  const nearest = nearestName(path, NAMES)
  return nearest
    ? { path, message: `unknown; did you mean ${nearest}?`, nearest }
    : { path, message: `unknown; known here: ${NAMES.join(', ')}` }
}
