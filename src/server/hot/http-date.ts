let second = -1
let text = ''

/** The value of the header `Date`, made once a second. */
export function httpDate(nowMs: number): string {
  const now = Math.floor(nowMs / 1000)
  if (now !== second) {
    second = now
    text = new Date(now * 1000).toUTCString()
  }
  return text
}
