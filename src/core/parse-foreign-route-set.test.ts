import { describe, expect, test } from 'vitest'
import { parseRouteSet, parseRouteSetWithNotes } from './parse-route-set.ts'

describe('a file of another router', () => {
  test('a route list of the older StrataRouter loads as it is', () => {
    const [route] = parseRouteSet([
      {
        id: 'billing',
        description: '',
        examples: ['invoice'],
        keywords: ['refund'],
        patterns: ['/^pay/'],
        threshold: 0.3,
        metadata: {},
      },
    ]).routes
    expect(route).toEqual({
      name: 'billing',
      examples: ['invoice'],
      rules: [
        { when: { phrase: 'refund' }, then: 'favour' },
        { when: { regex: '^pay' }, then: 'force' },
      ],
      threshold: 0.3,
      metadata: {},
    })
  })

  test('a file of semantic-router loads as it is, with a note for each field that means nothing here', () => {
    const { routeSet, notes } = parseRouteSetWithNotes({
      encoder_type: 'huggingface',
      encoder_name: 'all-MiniLM-L6-v2',
      routes: [
        {
          name: 'politics',
          utterances: ["isn't politics the best thing ever"],
          description: null,
          function_schemas: null,
          llm: { module: 'openai' },
          score_threshold: 0.82,
          metadata: { a: 1 },
        },
        { name: 'chitchat', utterances: ['hi'], score_threshold: 0.7, llm: null },
      ],
    })
    expect(routeSet.routes[0]).toEqual({
      name: 'politics',
      examples: ["isn't politics the best thing ever"],
      metadata: { a: 1 },
    })
    expect(notes).toHaveLength(4)
    expect(notes[3]).toMatch(/^routes\[0\]\.score_threshold is not used: .*threshold/)
  })

  test('a router saved by semantic-router 1 loads as it is, its raw thresholds passed over', () => {
    const { routeSet, notes } = parseRouteSetWithNotes({
      router_type: 'indexed',
      encoder: { type: 'huggingface', name: 'all-MiniLM-L6-v2' },
      sparse_encoder: null,
      alpha: 0.7,
      top_k: 5,
      aggregation: 'mean',
      index: { type: 'local' },
      confidence_threshold: 0.4,
      calibrator: { method: 'platt', params: { a: [1], b: [0] } },
      refresh_interval: null,
      routes: [
        {
          name: 'billing',
          utterances: ['where is my invoice?'],
          description: null,
          confidence_threshold: 0.45,
          metadata: {},
        },
      ],
    })
    expect(routeSet).toEqual({
      routes: [{ name: 'billing', examples: ['where is my invoice?'], metadata: {} }],
    })
    expect(notes).toContain('encoder is not used: the encoder is chosen where the router is made.')
    expect(notes).toContainEqual(expect.stringMatching(/^confidence_threshold .* raw similarities/))
  })

  test.each([{ type: 'HuggingFaceEncoder', model_name: null, dimension: 384 }, null])(
    'a router saved by the older StrataRouter loads as it is: encoder_config %j',
    (encoder_config) => {
      const state = { version: '0.2.1', mode: 'local', dimension: 384, threshold: 0.5, encoder_config }
      const route = {
        name: 'billing',
        utterances: ['invoice'],
        description: null,
        metadata: {},
        threshold: 0.82,
      }
      const { routeSet, notes } = parseRouteSetWithNotes({ ...state, routes: [route] })
      expect(routeSet.routes).toEqual([
        { name: 'billing', examples: ['invoice'], metadata: {}, threshold: 0.82 },
      ])
      expect(notes).toContainEqual(expect.stringMatching(/^threshold is not used/))
    },
  )
})
