// What the built-in encoder and the text functions cost on this machine: node benchmarks/micro/encode.ts
import { readFileSync } from 'node:fs'

const ROUNDS = 15
const LONG_TEXT_UNITS = 32_768

const startedMs = performance.now()
const { loadBuiltinEncoder } = await import('../../src/encoders/builtin/index.ts')
const importedMs = performance.now()
const encoder = await loadBuiltinEncoder()
const loadedMs = performance.now()

const { splitWords } = await import('../../src/core/text/words.ts')
const { splitSegments } = await import('../../src/core/text/segments.ts')
const { OwnWords } = await import('../../src/core/text/own-words.ts')
const { SpellingCorrector } = await import('../../src/core/text/spelling.ts')
const { SpellingIndex } = await import('../../src/core/text/spelling-index.ts')

const queries = readFileSync(new URL('../quality/data/clinc150/test.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => (JSON.parse(line) as { text: string }).text)
const vector = new Float32Array(encoder.dimensions)

/** Mean nanoseconds an item of each round, sorted. */
function timeRounds<Item>(items: readonly Item[], rounds: number, work: (item: Item) => unknown): number[] {
  const results: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    for (const item of items) work(item)
    results.push(((performance.now() - start) * 1e6) / items.length)
  }
  return results.sort((a, b) => a - b)
}

function print(name: string, nanoseconds: readonly number[], unit: 'ns' | 'ms' = 'ns'): void {
  const scale = unit === 'ms' ? 1e6 : 1
  const figure = (value: number) => (value / scale).toFixed(unit === 'ms' ? 2 : 0).padStart(8)
  const middle = nanoseconds[nanoseconds.length >> 1]!
  console.log(
    `${name.padEnd(46)}${figure(nanoseconds[0]!)}${figure(middle)}${figure(nanoseconds.at(-1)!)} ${unit}`,
  )
}

console.log(`Node ${process.version}, SIMD ${encoder.simd}, ${queries.length} queries of CLINC150`)
console.log(
  `import ${(importedMs - startedMs).toFixed(1)} ms, load ${(loadedMs - importedMs).toFixed(1)} ms\n`,
)
console.log(`${''.padEnd(46)}${'least'.padStart(8)}${'median'.padStart(8)}${'most'.padStart(8)}`)

print(
  'encode, first pass (nothing compiled yet)',
  timeRounds(queries, 1, (text) => encoder.encode(text, vector)),
)
print(
  'encode',
  timeRounds(queries, ROUNDS, (text) => encoder.encode(text, vector)),
)
print('words', timeRounds(queries, ROUNDS, splitWords))
print(
  'segments',
  timeRounds(queries, ROUNDS, (text) => splitSegments(text)),
)

const indexStartMs = performance.now()
const general = new SpellingIndex(encoder.lexicon, 1)
const indexMs = performance.now() - indexStartMs
const corrector = new SpellingCorrector(OwnWords.of(queries), general)
const misspelt = Array.from({ length: 5_000 }, (_, id) => general.wordAt(id)).flatMap((word) => {
  const typed = `${word.slice(0, 2)}${word.slice(3)}`
  return typed.length < 4 || corrector.isKnown(typed) ? [] : [typed]
})
print(
  'correct, a misspelt word',
  timeRounds(misspelt, ROUNDS, (word) => corrector.correct(word)),
)
console.log(`general spelling index made in ${indexMs.toFixed(1)} ms\n`)

const distinct = Array.from({ length: LONG_TEXT_UNITS }, (_, unit) => String.fromCharCode(unit * 2)).join('')
const longTexts: Readonly<Record<string, string>> = {
  'queries of CLINC150': queries.slice(0, 1_000).join('. '),
  'one letter': 'a',
  'words of 99 letters': `${'a'.repeat(99)} `,
  'words of rare pieces': `${'zq'.repeat(49)} `,
  punctuation: '!?.',
  'accented Latin': 'éàü ñöß ',
  'combining marks': 'e\u0301\u0300',
  Chinese: '漢字仮名交文',
  Korean: '한국어 텍스트 ',
  Arabic: 'مرحبا بالعالم ',
  emoji: '😀👍🏽',
  'every second character of the first plane': distinct,
}
for (const [name, part] of Object.entries(longTexts)) {
  const text = part.repeat(Math.ceil(LONG_TEXT_UNITS / part.length)).slice(0, LONG_TEXT_UNITS)
  print(
    `32 Ki of ${name}: encode`,
    timeRounds([text], ROUNDS, (long) => encoder.encode(long, vector)),
    'ms',
  )
  print(`${''.padEnd(6)} words`, timeRounds([text], ROUNDS, splitWords), 'ms')
  print(
    `${''.padEnd(6)} segments`,
    timeRounds([text], ROUNDS, (long) => splitSegments(long)),
    'ms',
  )
}
