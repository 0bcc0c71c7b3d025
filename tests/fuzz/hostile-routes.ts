import { parseRouteSet, type RouteSet } from '../../src/index.ts'
import { clincRouteSet } from '../engine/route-sets.ts'

/** A route set that uses everything, and whose rules hostile texts try to stall. */
export const busyRouteSet: RouteSet = parseRouteSet({
  routes: [
    ...clincRouteSet(20, 8).routes,
    { name: '__proto__', examples: ['prototype pollution'], metadata: { constructor: 1 } },
    {
      name: 'order',
      examples: ['where is my order'],
      rules: [{ when: { regex: 'order-\\d+$' }, then: 'force' }],
    },
    { name: 'bomb', description: 'nothing', rules: [{ when: { regex: '^(a+)+$' }, then: 'favour' }] },
    { name: 'words', rules: [{ when: { regex: '(\\w+\\s?)*!$' }, then: 'forbid' }], examples: ['hello!'] },
    { name: 'refund', keywords: ['refund', 'money back'], examples: ['refund please'], tags: ['money'] },
    {
      name: 'vip',
      rules: [{ when: { metadata: { vip: true } }, then: 'force' }],
      examples: ['very important'],
    },
  ],
  outOfScope: ['tell me a joke', '😀'],
})
