import { expect, test } from 'vitest'
import { fuzzOpenApi } from './openapi/fuzz.ts'
import { preparePython } from './openapi/python.ts'

const SECONDS = 45
const MOST_MS = 300_000

const prepared = await preparePython()
const reason = 'missing' in prepared ? ` (skipped: ${prepared.missing})` : ''

test.skipIf('missing' in prepared)(
  `whatever the OpenAPI document allows or forbids is answered as it says${reason}`,
  async () => {
    if ('missing' in prepared) return
    const { output, problems } = await fuzzOpenApi(prepared.program, { seconds: SECONDS, seed: 1 })
    expect(problems, output).toEqual([])
  },
  MOST_MS,
)
