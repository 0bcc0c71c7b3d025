import type { RouteSet } from '../../src/index.ts'
import type { Work } from './decide-all.mjs'
import { clincRouteSet, clincRows } from './route-sets.ts'

const ODD_TEXTS = [
  '',
  ' \t ',
  'Ünïcödé ÅÄÖ naïve café',
  'e\u0301'.repeat(50),
  '😀 👨‍👩‍👧 🇨🇭',
  'مرحبا كيف حالك',
  '你好，我想退款',
  '\ud800 lone',
  'x'.repeat(5000),
  'Hi there! I lost my card yesterday. Also, what is the weather like? Thanks.',
]

/** A route set with rules and out-of-scope examples, and `count` texts, that every platform must decide alike. */
export function portableWork(count: number): Work {
  const { routes } = clincRouteSet(15, 8)
  const routeSet: RouteSet = {
    routes: [
      ...routes,
      { name: 'lost-card', examples: [], description: 'a lost or stolen card', tags: ['cards'] },
      { name: 'order', examples: [], rules: [{ when: { regex: '\\border-\\d+' }, then: 'force' }] },
    ],
    outOfScope: ['tell me a joke', 'who will win the election'],
  }
  const names = new Set(routes.map(({ name }) => name))
  const known = clincRows('test').filter(({ route }) => names.has(route!))
  const strays = clincRows('oos_test')
  const texts = [...ODD_TEXTS, 'where is order-17']
  for (let place = 0; texts.length < count; place++) {
    const { text } = place % 4 === 3 ? strays[place]! : known[(place * 7) % known.length]!
    texts.push(place % 5 === 0 ? `${text.toUpperCase()}!` : text)
  }
  return { routeSet, texts }
}
