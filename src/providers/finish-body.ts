/** Longest that a body may go on after its protocol's end. */
const GOES_ON_MS = 1000

/**
 * Reads on after the protocol's end, where only the end of the body is left, which has usually come by now: a connection
 * can be used again only if all of it has been read. One that goes on is given up.
 */
export async function finishBody(chunks: AsyncIterator<Uint8Array>): Promise<void> {
  const timeout = setTimeout(() => void chunks.return?.(), GOES_ON_MS)
  try {
    while ((await chunks.next()).done !== true);
  } catch {
    // Nothing is missing from the answer, however the connection ends.
  } finally {
    clearTimeout(timeout)
  }
}
