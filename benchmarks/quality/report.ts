import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { AccuracyResult } from './accuracy.ts'
import { measureBars } from './bars.ts'
import { CASCADE_BARS } from './cascade-bars.ts'
import type { CascadeResult } from './cascade-result.ts'
import { cascadeScopeTable, cascadeTable } from './cascade-tables.ts'
import type { GuaranteeResult } from './guarantee.ts'
import { drawReliability, drawRiskCoverage, drawScope } from './pictures.ts'
import {
  accuracyTable,
  barsTable,
  calibrationTable,
  conditionsTable,
  guaranteeTable,
  languagesTable,
  robustnessTable,
  scopeCurveTable,
  scopeTable,
  smallSetsTable,
  smallSetWaysTable,
  twoIntentsTable,
} from './report-tables.ts'
import { committedResults, readResult } from './result-file.ts'
import type { RobustnessResult } from './robustness.ts'
import type { ScopeResult } from './scope.ts'
import type { SmallSetsResult } from './small-sets.ts'

const PAGE = 'docs/benchmarks.md'
const root = new URL('../../', import.meta.url)

/** Everything that the committed results say: files by their path from the root of the repository. */
function renderFiles(): Map<string, string> {
  const accuracy = readResult<AccuracyResult>(committedResults, 'accuracy')
  const hidden = readResult<AccuracyResult>(committedResults, 'names-hidden')
  const scope = readResult<ScopeResult>(committedResults, 'scope')
  const guarantee = readResult<GuaranteeResult>(committedResults, 'guarantee')
  const robustness = readResult<RobustnessResult>(committedResults, 'robustness')
  const smallSets = readResult<SmallSetsResult>(committedResults, 'small-sets')
  const cascade = readResult<CascadeResult>(committedResults, 'cascade')
  const measured = [accuracy, hidden, scope, smallSets, guarantee, robustness, cascade].filter(
    (result) => result !== undefined,
  )
  const sections: Record<string, string> = {
    bars: barsTable(measureBars({ accuracy, scope, guarantee, robustness, smallSets })),
    conditions: conditionsTable(measured),
  }
  const files = new Map<string, string>()
  if (accuracy) {
    sections.accuracy = accuracyTable(accuracy, hidden)
    sections.calibration = calibrationTable(accuracy, hidden)
    files.set('docs/images/reliability.svg', drawReliability(accuracy))
    files.set('docs/images/risk-coverage.svg', drawRiskCoverage(accuracy))
  }
  if (scope) {
    sections.scope = scopeTable(scope)
    sections['scope curve'] = scopeCurveTable(scope)
    files.set('docs/images/scope.svg', drawScope(scope))
  }
  if (smallSets) {
    sections['small sets'] = smallSetsTable(smallSets)
    sections['small sets by way'] = smallSetWaysTable(smallSets)
  }
  if (guarantee) sections.guarantee = guaranteeTable(guarantee)
  if (robustness) {
    sections.robustness = robustnessTable(robustness)
    sections['two intents'] = twoIntentsTable(robustness)
    sections.languages = languagesTable(robustness)
  }
  if (cascade) {
    sections['cascade bars'] = barsTable(measureBars({ cascade }, CASCADE_BARS))
    sections.cascade = cascadeTable(cascade)
    sections['cascade scope'] = cascadeScopeTable(cascade)
  }
  files.set(PAGE, fillSections(readFileSync(new URL(PAGE, root), 'utf8'), sections))
  return files
}

/** Puts each section between its markers; every marker must have a section and the other way round. */
function fillSections(page: string, sections: Readonly<Record<string, string>>): string {
  const seen = new Set<string>()
  const filled = page.replace(
    /(<!-- generated: (.+?) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      seen.add(name)
      const section = sections[name]
      if (section === undefined)
        throw new Error(`${PAGE} has a place for "${name}", but there is no such result.`)
      return `${begin}${section}\n${end}`
    },
  )
  const missing = Object.keys(sections).filter((name) => !seen.has(name))
  if (missing.length > 0) throw new Error(`${PAGE} has no place for ${missing.join(', ')}.`)
  return filled
}

/** Writes the tables of docs/benchmarks.md and its pictures from the committed results. */
export function writeReport(): void {
  mkdirSync(new URL('docs/images/', root), { recursive: true })
  for (const [path, text] of renderFiles()) writeFileSync(new URL(path, root), text)
}

/** Paths of generated files that are not what the committed results say; empty when all is well. */
export function staleFiles(): string[] {
  return [...renderFiles()].flatMap(([path, text]) => {
    const file = new URL(path, root)
    return existsSync(file) && readFileSync(file, 'utf8') === text ? [] : [path]
  })
}
