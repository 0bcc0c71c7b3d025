import type { FitReport, RouteSet } from '../../contracts/index.ts'
import { DEFAULT_THRESHOLD } from '../decider.ts'
import type { LintProblem } from './lint-problem.ts'

/**
 * An error rate in the set that nothing keeps.
 * @param router what its fit promised; without it nothing was promised
 */
export function lintErrorRate(
  { defaults }: RouteSet,
  router?: { readonly report?: Pick<FitReport, 'thresholds'> },
): LintProblem[] {
  const rate = defaults?.maxErrorRate
  if (rate === undefined || router?.report?.thresholds.guarantee !== undefined) return []
  return [
    {
      kind: 'unmet-error-rate',
      severity: 'warning',
      routes: [],
      detail: `defaults.maxErrorRate ${rate} is a promise that only labelled data can make; it is not kept until a fit with such data, and the threshold ${defaults?.threshold ?? DEFAULT_THRESHOLD} is in force.`,
      suggestion:
        'Fit with labelled data: on a server POST /v1/route-sets/NAME/fit with data, for files stratarouter fit --data labelled.jsonl. Or set defaults.threshold instead.',
    },
  ]
}
