/** Longest answer that is read whole. */
export const ANSWER_LIMIT_BYTES = 64 * 1024 * 1024
