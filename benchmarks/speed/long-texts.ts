const LONGEST = 32 * 1024

/** Queries as sentences, `units` UTF-16 units in all. */
export function longText(queries: readonly string[], units: number): string {
  let text = ''
  for (let i = 0; text.length < units; i++) text += `${queries[i % queries.length]}. `
  return text.slice(0, units)
}

const repeated = (part: string, bytes = LONGEST): string => {
  const count = Math.floor(bytes / Buffer.byteLength(part))
  return part.repeat(count)
}

/** Texts of 32 KiB that cost more than they say. */
export function hostileTexts(queries: readonly string[]): Record<string, string> {
  const english = longText(queries, LONGEST)
  return {
    'queries as sentences': english,
    'queries without punctuation': english.replaceAll(/[.,!?]/g, ''),
    'a query a line': english.replaceAll('. ', '\n'),
    'every longer word misspelt': english.replaceAll(/\b(\w\w)\w(\w{3,})/g, '$1$2').padEnd(LONGEST, 'x '),
    'words that no one knows': Array.from({ length: 5000 }, (_, i) =>
      (i * 7919 + 456_976).toString(26).replaceAll(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)]!),
    )
      .join(' ')
      .slice(0, LONGEST),
    'one letter': repeated('a'),
    'one-letter words': repeated('a '),
    punctuation: repeated('!?. '),
    Chinese: repeated('漢字仮名交文。'),
    emoji: repeated('😀👍🏽'),
    'combining marks': repeated('e\u0301\u0300 '),
    'lone surrogates': repeated('\ud800a ').slice(0, LONGEST),
    'control characters': repeated('\u0000\u0007a'),
  }
}
