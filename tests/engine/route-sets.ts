import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import {
  type Decision,
  isStrataError,
  type LabelledText,
  loadBuiltinEncoder,
  parseRouteSet,
  type RouteDefinition,
  Router,
  type RouteSet,
} from '../../src/index.ts'

export const encoder = await loadBuiltinEncoder()

const TOPICS: Readonly<Record<string, readonly string[]>> = {
  refund: [
    'I want my money back',
    'please refund the last payment',
    'return the amount I paid',
    'refund my order',
  ],
  password: ['I forgot my password', 'reset my login', 'cannot sign in to my account', 'send a new password'],
  delivery: [
    'where is my parcel',
    'when will the package arrive',
    'track my shipment',
    'the courier never came',
  ],
  cancel: [
    'cancel my subscription',
    'stop renewing my plan',
    'end my membership',
    'I no longer need the service',
  ],
  weather: [
    'will it rain tomorrow',
    'how warm is it outside',
    'what is the forecast',
    'do I need an umbrella',
  ],
  music: ['play some jazz', 'skip this song', 'turn the music up', 'put on my workout playlist'],
  alarm: ['wake me at seven', 'set an alarm for six', 'snooze the alarm', 'remind me in the morning'],
  table: [
    'book a table for two',
    'reserve dinner on friday',
    'is there a free table tonight',
    'change my reservation',
  ],
}

const QUESTIONS: readonly string[] = [
  'how do I get a refund?',
  'my pasword does not work',
  'the parcel is late',
  'please end my plan',
  'is it going to be sunny',
  'play something quiet',
  'wake me up early',
  'a table by the window please',
  'who won the cup in 1966',
  'translate this into latin',
  'Hello there! I had a long week. Could you tell me where my parcel is? Thanks so much.',
  'cancel my plan and also set an alarm for nine',
  '',
]

/** A small route set: some topics with some of their examples each, a description or a threshold now and then. */
export const anyRouteSet = (least = 1): fc.Arbitrary<RouteSet> =>
  fc
    .subarray(Object.keys(TOPICS), { minLength: least, maxLength: 5 })
    .chain((names) =>
      fc.record({
        routes: fc.tuple(
          ...names.map((name) =>
            fc.record({
              name: fc.constant(name),
              examples: fc.subarray([...TOPICS[name]!], { minLength: 1 }),
              ...{ description: fc.option(fc.constant(`Everything about ${name}`), { freq: 3, nil: null }) },
              ...{ threshold: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 3, nil: null }) },
            }),
          ),
        ),
        outOfScope: fc.option(fc.constant(['what is the meaning of life', 'tell me a joke']), { nil: null }),
      }),
    )
    .map((set) => parseRouteSet(set))

export const anyMessage: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...QUESTIONS, ...Object.values(TOPICS).flat()) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom(...QUESTIONS), { maxLength: 4 }).map((parts) => parts.join(' ')),
  },
)

/** A decision without the one thing that may differ from call to call. */
export function withoutLatency({ latencyUs: _, ...decision }: Decision): Omit<Decision, 'latencyUs'> {
  return decision
}

const dataFile = (name: string) => new URL(`../../benchmarks/quality/data/clinc150/${name}`, import.meta.url)

/** Rows of a file of the intent set CLINC150. */
export function clincRows(name: 'train' | 'val' | 'test' | 'oos_val' | 'oos_test'): LabelledText[] {
  return readFileSync(dataFile(`${name}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): LabelledText => JSON.parse(line))
}

let clincRoutes: RouteDefinition[] | undefined

/** The first `examples` training texts of each of `routes` intents of CLINC150, from the one at `first` on. */
export function clincRouteSet(routes: number, examples: number, first = 0): RouteSet {
  if (!clincRoutes) {
    const texts = new Map<string, string[]>()
    for (const { text, route } of clincRows('train')) {
      const known = texts.get(route!)
      if (known) known.push(text)
      else texts.set(route!, [text])
    }
    clincRoutes = [...texts].map(([name, all]) => ({ name, examples: all }))
  }
  return {
    routes: clincRoutes
      .slice(first, first + routes)
      .map((route) => ({ name: route.name, examples: route.examples.slice(0, examples) })),
  }
}

/** A small set with thresholds, tags and metadata. */
export const desk = Router.compile(
  parseRouteSet({
    routes: [
      {
        name: 'refund',
        examples: ['I want my money back', 'refund my order'],
        tags: ['money'],
        metadata: { team: 7 },
      },
      { name: 'invoice', examples: ['send me the invoice', 'where is my bill'], tags: ['money'] },
      { name: 'alarm', examples: ['wake me at seven', 'set an alarm'], threshold: 0.8 },
      { name: 'music', examples: ['play some jazz', 'skip this song'] },
    ],
    defaults: { threshold: 0.6 },
  }),
  encoder,
)

/** The code of the refusal that `run` ends with. */
export const codeOf = (run: () => unknown): string => {
  try {
    run()
    return 'nothing thrown'
  } catch (error) {
    return isStrataError(error) ? error.code : String(error)
  }
}
