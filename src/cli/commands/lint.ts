import type { LintProblem } from '../../core/lint-routes.ts'
import { defineCommand } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { compileRouteSet, defaultRouteFile, SOURCE_FLAGS } from '../router-source.ts'
import type { Style, Terminal } from '../terminal.ts'
import { counted, padEnd, printable, wrap } from '../text-layout.ts'

const MOST_SHOWN = 50
const MOST_ROUTES_NAMED = 4

const STYLES: Readonly<Record<LintProblem['severity'], Style>> = {
  error: 'red',
  warning: 'yellow',
  info: 'blue',
}

export const lint = defineCommand({
  name: 'lint',
  summary: 'Find what will hurt in a route file, with the fix',
  description:
    'Looks for overlapping, contradictory, thin and duplicate routes, for rules that can never work and for examples that the router itself would send elsewhere. ' +
    'Each problem comes with what to change. Ends with 1 when there are errors; warnings and remarks do not fail.',
  flags: { routes: SOURCE_FLAGS.routes },
  json: '{problems: [{kind, severity: "error"|"warning"|"info", routes, detail, suggestion}]}, errors first.',
  examples: [
    ['stratarouter lint --routes routes.yaml', 'what to mend, worst first'],
    ['stratarouter lint --routes routes.yaml --json', 'the same for a program, for example in CI'],
  ],
  async run({ flags, terminal }) {
    const { lintRoutes } = await import('../../core/lint-routes.ts')
    const { readRouteFileWithNotes } = await import('../../config/route-file.ts')
    const path = flags.routes ?? (await defaultRouteFile())
    const { routeSet, notes } = readRouteFileWithNotes(path)
    const { problems } = lintRoutes(routeSet, await compileRouteSet(routeSet, terminal), notes)
    if (terminal.json) await terminal.printJson({ problems })
    else await printProblems(problems, path, terminal)
    const hasErrors = problems.some(({ severity }) => severity === 'error')
    return hasErrors ? EXIT_CODES.checkFailed.code : EXIT_CODES.ok.code
  },
})

async function printProblems(
  problems: readonly LintProblem[],
  path: string,
  terminal: Terminal,
): Promise<void> {
  if (problems.length === 0) {
    await terminal.print(`${terminal.style('green', 'ok')}  ${path}: nothing to mend`)
    return
  }
  for (const { severity, kind, routes, detail, suggestion } of problems.slice(0, MOST_SHOWN)) {
    const label = terminal.style(STYLES[severity], padEnd(severity, 7))
    await terminal.print(
      `${label}  ${terminal.style('bold', namesOf(routes))}  ${terminal.style('dim', kind)}`,
    )
    for (const line of wrap(printable(detail), terminal.width - 9))
      await terminal.print(`${' '.repeat(9)}${line}`)
    for (const [index, line] of wrap(printable(suggestion), terminal.width - 11).entries()) {
      await terminal.print(`${' '.repeat(9)}${terminal.style('cyan', `${index === 0 ? '→' : ' '} ${line}`)}`)
    }
  }
  const left = problems.length - MOST_SHOWN
  if (left > 0) await terminal.print(`and ${counted(left, 'more problem')}; --json lists them all`)
  const count = (severity: LintProblem['severity']) =>
    problems.filter((problem) => problem.severity === severity).length
  await terminal.print()
  await terminal.print(
    `${path}: ${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')}, ${counted(count('info'), 'remark')}`,
  )
}

function namesOf(routes: readonly string[]): string {
  if (routes.length === 0) return 'the whole set'
  const left = routes.length - MOST_ROUTES_NAMED
  return `${routes.slice(0, MOST_ROUTES_NAMED).join(', ')}${left > 0 ? ` and ${left} more` : ''}`
}
