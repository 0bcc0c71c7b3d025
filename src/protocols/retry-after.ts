const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * How long a provider asks to be left alone, in milliseconds: `retry-after-ms`, then `retry-after` (seconds or a date),
 * then the latest reset among the rate limits that are used up. Dates are taken from the provider's own `date`.
 * @param headers names in lower case
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | undefined {
  const exact = Number.parseFloat(headers['retry-after-ms'] ?? '')
  if (exact >= 0) return Math.round(exact)
  const asked = headers['retry-after']
  const sentAt = Date.parse(headers.date ?? '')
  if (asked !== undefined) return waitOf(asked, sentAt)
  let longest: number | undefined
  for (const name in headers) {
    if (!name.includes('ratelimit-') || !name.includes('reset')) continue
    const left = headers[name.replace('reset', 'remaining')]
    if (left === undefined || Number.parseFloat(left) > 0) continue
    const wait = waitOf(headers[name] ?? '', sentAt)
    if (wait !== undefined && (longest === undefined || wait > longest)) longest = wait
  }
  return longest
}

/** Seconds (`12`), a span (`6m0.5s`, `20ms`), seconds or milliseconds since the epoch, or a date. */
function waitOf(value: string, sentAt: number): number | undefined {
  const text = value.trim()
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const number = Number(text)
    if (number < 1e9) return Math.round(number * 1_000)
    return until(number < 1e11 ? number * 1_000 : number, sentAt)
  }
  if (/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(text)) {
    let total = 0
    for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|[smhd])/g)) {
      total += Number(amount) * (UNITS_MS[unit ?? ''] ?? 0)
    }
    return Math.round(total)
  }
  return until(Date.parse(text), sentAt)
}

function until(time: number, sentAt: number): number | undefined {
  return Number.isNaN(time) || Number.isNaN(sentAt) ? undefined : Math.max(0, time - sentAt)
}
