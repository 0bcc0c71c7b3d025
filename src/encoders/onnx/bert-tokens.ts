import { WordPiece } from '../../core/text/wordpiece.ts'
import { StrataError } from '../../errors/index.ts'

const SPECIAL = { unknown: '[UNK]', first: '[CLS]', last: '[SEP]' } as const

/** Token ids of a text as BERT models read them: `[CLS]`, its word pieces, `[SEP]`. */
export class BertTokens {
  readonly #words: WordPiece
  readonly #first: number
  readonly #last: number
  readonly #room: Int32Array

  /**
   * @param vocabulary all entries in the order of their ids
   * @param maxTokens longest sequence, the two around it counted; the rest of a longer text is not read
   * @throws StrataError `invalid_model` when the vocabulary has an entry twice or lacks one of the special ones
   */
  constructor(vocabulary: readonly string[], maxTokens: number) {
    const idOf = (entry: string) => {
      const id = vocabulary.indexOf(entry)
      if (id >= 0) return id
      throw new StrataError(
        'invalid_model',
        `Expected a WordPiece vocabulary, one entry a line, with the entry ${entry}, but among its ${vocabulary.length} entries there is none. Take the vocab.txt that came with the model.`,
      )
    }
    this.#first = idOf(SPECIAL.first)
    this.#last = idOf(SPECIAL.last)
    const unknownId = idOf(SPECIAL.unknown)
    try {
      this.#words = new WordPiece(vocabulary, { unknownId })
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new StrataError(
        'invalid_model',
        `Expected a vocabulary of different entries, but: ${error.message}. Take the vocab.txt that came with the model.`,
      )
    }
    this.#room = new Int32Array(maxTokens - 2)
  }

  /** The ids of `text`; empty when it has no word. */
  idsOf(text: string): Int32Array {
    const count = this.#words.tokenize(text, this.#room)
    if (count === 0) return new Int32Array(0)
    const ids = new Int32Array(count + 2)
    ids[0] = this.#first
    ids.set(this.#room.subarray(0, count), 1)
    ids[count + 1] = this.#last
    return ids
  }
}
