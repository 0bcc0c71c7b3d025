import { describe, expect, it } from 'vitest'
import { isStrataError, type StrataError } from '../errors/index.ts'
import { parseLabelledText } from './labelled-file.ts'
import { parseDocument } from './parse-document.ts'
import { parseRouteText } from './route-file.ts'

function refusal(action: () => unknown): StrataError {
  try {
    action()
  } catch (error) {
    if (isStrataError(error)) return error
    throw error
  }
  throw new Error('expected a refusal')
}

describe('parseDocument', () => {
  const parse = (text: string) => parseDocument(text, 'f', 'invalid_route_set')

  it('reads YAML and JSON by content', () => {
    expect(parse('a: 1').value).toEqual({ a: 1 })
    expect(parse('{"a": 1}').value).toEqual({ a: 1 })
    expect(parse('{a: 1, b: [x, y]}').value).toEqual({ a: 1, b: ['x', 'y'] })
  })

  it('knows the line of a value, or of its nearest parent that is written down', () => {
    for (const text of [
      'routes:\n  - name: a\n    examples:\n      - x\n',
      '{"routes":\n [{"name": "a",\n "examples":\n ["x"]}]}',
    ]) {
      const document = parse(text)
      expect(document.lineOf(['routes', 0, 'name'])).toBe(2)
      expect(document.lineOf(['routes', 0, 'examples', 0])).toBe(4)
      expect(document.lineOf(['routes', 0, 'treshold'])).toBe(2)
    }
  })

  it('refuses files that grow when read', () => {
    let text = 'a0: &a0 [x, x, x, x, x, x, x, x, x]\n'
    for (let level = 1; level < 12; level++) {
      text += `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]\n`
    }
    expect(refusal(() => parse(text)).message).toContain('aliases')
  })

  it.each([
    ['JSON', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['an unfinished list', '['.repeat(100_000)],
    ['YAML', Array.from({ length: 500 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
    ['compact lists', '- '.repeat(20_000)],
  ])('refuses deep nesting in %s', (_, text) => {
    expect(refusal(() => parse(text)).code).toBe('invalid_route_set')
  })
})

describe('parseRouteText', () => {
  it('names the file and the line of what is wrong', () => {
    const text =
      'version: 1\nroutes:\n  - name: billing\n    examples: [pay]\n  - name: "not allowed!"\n    examples: [x]\n'
    const error = refusal(() => parseRouteText(text, 'my.routes.yaml'))
    expect(error.code).toBe('invalid_route_set')
    expect(error.message).toMatch(/^my\.routes\.yaml:5: /)
    expect(error.details[0]?.message).toContain('line 5')
  })

  it.each(['', ' \n', '# only a remark\n', 'null'])(
    'says of the empty file %j that it is empty and how to begin',
    (text) => {
      const error = refusal(() => parseRouteText(text, 'r.yaml'))
      expect(error.message).toMatch(/^r\.yaml is empty.*stratarouter init/)
    },
  )

  it('knows a snapshot and says where it goes', () => {
    const error = refusal(() => parseRouteText('SRSNAP01\0\x10', 'r.snapshot'))
    expect(error.code).toBe('invalid_route_set')
    expect(error.message).toContain('--snapshot r.snapshot')
  })

  it('returns a checked route set', () => {
    const set = parseRouteText('routes: [{ id: billing, utterances: [pay] }]', 'f')
    expect(set.routes).toMatchObject([{ name: 'billing', examples: ['pay'] }])
  })
})

describe('parseLabelledText', () => {
  it('reads one row a line', () => {
    expect(parseLabelledText('{"text":"a","route":"x"}\r\n\n{"text":"b","route":null}\n', 'f')).toEqual([
      { text: 'a', route: 'x' },
      { text: 'b', route: null },
    ])
  })

  it('names each bad line', () => {
    const error = refusal(() =>
      parseLabelledText('{"text":"a","route":"x"}\nnope\n{"text":1}\n[]\n{"text":"a"}', 'd.jsonl'),
    )
    expect(error.code).toBe('invalid_data')
    expect(error.details.map((detail) => detail.path)).toEqual([
      'd.jsonl:2',
      'd.jsonl:3',
      'd.jsonl:4',
      'd.jsonl:5',
    ])
  })

  it('refuses an empty route and a text over 32 KiB, and names what other tools call the route', () => {
    const lines = [
      '{"text":"a","route":""}',
      `{"text":"${'x'.repeat(40_000)}","route":null}`,
      '{"text":"a","label":"x"}',
    ]
    const error = refusal(() => parseLabelledText(lines.join('\n'), 'd.jsonl'))
    expect(error.details.map((detail) => detail.message)).toEqual([
      expect.stringContaining('expected the name of a route'),
      expect.stringContaining('32768 bytes'),
      expect.stringContaining('label: unknown field; name it route'),
    ])
  })
})
