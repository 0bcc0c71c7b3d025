import type { Kysely } from 'kysely'
import type { FeedbackRow, FitInputs, FitOutcome, KeyedFitInputs } from '../../contracts/index.ts'
import type { Database } from './schema.ts'

/** Parameters of one query; SQLite takes 32,766. */
const IDS_A_QUERY = 1000

/** What the body of fit inputs holds: of feedback no text. */
interface StoredFitInputs extends Omit<FitInputs, 'feedback'> {
  readonly feedback?: readonly Pick<FeedbackRow, 'id' | 'route'>[]
}

/** Fit inputs of that key with the texts of the feedback that is still there; null when no version names them. */
export async function readFitInputs(database: Kysely<Database>, key: string): Promise<FitInputs | null> {
  const row = await database.selectFrom('fit_inputs').select('body').where('key', '=', key).executeTakeFirst()
  if (row === undefined) return null
  const { feedback, ...inputs } = JSON.parse(row.body) as StoredFitInputs
  if (feedback === undefined) return inputs
  const texts = await textsOf(
    database,
    feedback.map(({ id }) => id),
  )
  const rows = feedback.flatMap(({ id, route }) => {
    const text = texts.get(id)
    return text === undefined ? [] : [{ id, text, route }]
  })
  return { ...inputs, feedback: rows }
}

/** Writes fit inputs unless they are there already. */
export async function writeFitInputs(
  database: Kysely<Database>,
  { key, inputs: { feedback, ...inputs } }: KeyedFitInputs,
): Promise<void> {
  const named = feedback?.map(({ id, route }) => ({ id, route }))
  const stored: StoredFitInputs = { ...inputs, ...(named ? { feedback: named } : {}) }
  await database
    .insertInto('fit_inputs')
    .values({ key, body: JSON.stringify(stored) })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute()
}

/** The outcome without what it quotes of feedback that has been deleted since `inputs` were read. */
export async function withoutDeleted(
  database: Kysely<Database>,
  outcome: FitOutcome,
  { feedback = [] }: FitInputs,
): Promise<FitOutcome> {
  const texts = await textsOf(
    database,
    feedback.map(({ id }) => id),
  )
  return withoutTexts(outcome, new Set(feedback.filter(({ id }) => !texts.has(id)).map(({ text }) => text)))
}

/** The outcome without what it quotes of `texts`. */
export function withoutTexts(outcome: FitOutcome, texts: ReadonlySet<string>): FitOutcome {
  const { evaluation } = outcome
  if (evaluation === null || texts.size === 0) return outcome
  return {
    ...outcome,
    evaluation: {
      ...evaluation,
      misses: evaluation.misses.filter(({ text }) => !texts.has(text)),
      confusions: evaluation.confusions.map((confusion) => ({
        ...confusion,
        examples: confusion.examples.filter((text) => !texts.has(text)),
      })),
    },
  }
}

async function textsOf(database: Kysely<Database>, ids: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  for (let from = 0; from < ids.length; from += IDS_A_QUERY) {
    const rows = await database
      .selectFrom('feedback')
      .select(['id', 'text'])
      .where('id', 'in', ids.slice(from, from + IDS_A_QUERY))
      .execute()
    for (const { id, text } of rows) texts.set(id, text)
  }
  return texts
}
