import { crc32 } from 'node:zlib'
import type { JsonObject } from '../../contracts/index.ts'
import { seededRandom } from '../../util/random.ts'
import { toUnitLength } from '../../util/unit-length.ts'
import { arrayOf, numberOf, stringOf } from './loose-json.ts'
import { tokensOf } from './mock-reply.ts'

const DEFAULT_DIMENSIONS = 16

/**
 * The answer to a request for embeddings, or what is wrong with it. The same text has the same vector of length 1 always, as far as
 * `dimensions` are alike; texts that differ have nothing in common. https://platform.openai.com/docs/api-reference/embeddings
 */
export function embeddingsFor(body: JsonObject, model: string): object | string {
  const { input } = body
  // A list of numbers is one text, in tokens.
  const items = Array.isArray(input) && typeof input[0] !== 'number' ? arrayOf(input) : [input]
  if (input === undefined || items.length === 0) return "Missing required parameter: 'input'."
  const texts = items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)))
  const dimensions = numberOf(body.dimensions) ?? DEFAULT_DIMENSIONS
  const isBase64 = stringOf(body.encoding_format) === 'base64'
  const tokens = texts.reduce((sum, text) => sum + tokensOf(text.length), 0)
  return {
    object: 'list',
    data: texts.map((text, index) => {
      const vector = vectorOf(text, dimensions)
      return {
        object: 'embedding',
        index,
        embedding: isBase64 ? Buffer.from(vector.buffer).toString('base64') : [...vector],
      }
    }),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const random = seededRandom(crc32(text))
  return toUnitLength(Float64Array.from({ length: dimensions }, () => random() * 2 - 1))
}
