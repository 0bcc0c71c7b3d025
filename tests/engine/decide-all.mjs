/**
 * Compiles the route set, saves and loads it, and decides every text. Plain JavaScript, as it runs in each Node line
 * and in browsers from the built package.
 */
export function decideAll({ Router, parseRouteSet }, encoder, { routeSet, texts }) {
  const compiled = Router.compile(parseRouteSet(routeSet), encoder)
  const router = Router.load(compiled.save(), encoder)
  const decisions = texts.map((text) => {
    const { latencyUs: _, ...decision } = router.route(text, {
      explain: true,
      topK: 5,
      context: texts.slice(0, 2),
    })
    return JSON.stringify(decision)
  })
  return { snapshot: compiled.snapshot, decisions }
}
