/** What a model is called for: an answer, vectors of texts, or the count of a request's tokens. */
export type Purpose = 'answer' | 'embed' | 'count'
