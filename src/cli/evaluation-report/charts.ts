import type { Evaluation } from '../../contracts/index.ts'
import { percent } from '../text-layout.ts'
import { html, type Markup } from './html.ts'

const SIZE = 360
const MARGIN = { top: 16, right: 20, bottom: 48, left: 56 }
const PLOT_WIDTH = SIZE - MARGIN.left - MARGIN.right
const PLOT_HEIGHT = SIZE - MARGIN.top - MARGIN.bottom
const SHARES = [0, 0.25, 0.5, 0.75, 1]
const LARGEST_DOT = 6.5
const SMALLEST_DOT = 3

/** Stated confidence against the share that was right; a calibrated router lies on the diagonal. */
export function reliabilityDiagram(bins: Evaluation['reliability']): Markup {
  const mostTexts = Math.max(1, ...bins.map((bin) => bin.count))
  const points = bins.map((bin) => ({
    ...bin,
    x: horizontal(bin.confidence),
    y: vertical(bin.accuracy),
    radius: SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * Math.sqrt(bin.count / mostTexts),
  }))
  const gaps = points.map(
    (point) =>
      html`<line class="gap" x1="${tidy(point.x)}" x2="${tidy(point.x)}" y1="${tidy(point.y)}" y2="${tidy(vertical(point.confidence))}"/>`,
  )
  const dots = points.map(
    (point) =>
      html`<circle class="dot" cx="${tidy(point.x)}" cy="${tidy(point.y)}" r="${tidy(point.radius)}"><title>Says ${percent(point.confidence)}, is right ${percent(point.accuracy)} of ${point.count} texts</title></circle>`,
  )
  return chart(
    'Reliability diagram',
    `Stated confidence against the share that was right, in ${bins.length} groups of texts. The dashed diagonal is perfect calibration.`,
    { x: 'confidence stated', y: 'share that was right', yTicks: SHARES, yTop: 1 },
    html`<line class="ideal" x1="${horizontal(0)}" y1="${vertical(0)}" x2="${horizontal(1)}" y2="${vertical(1)}"/>${gaps}${dots}`,
  )
}

/** Share answered against share of wrong answers as the threshold falls, with the threshold in force marked. */
export function riskCoverageCurve(curve: Evaluation['thresholdCurve'], inForce: number): Markup {
  const points = curve.filter((point) => point.coverage > 0).toSorted((a, b) => a.coverage - b.coverage)
  const worst = Math.max(0.02, ...points.map((point) => point.errorRate))
  const yTop = [0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8].find((top) => worst <= top) ?? 1
  const place = (point: { coverage: number; errorRate: number }) => ({
    x: horizontal(point.coverage),
    y: vertical(point.errorRate / yTop),
  })
  const path = points
    .map((point, index) => {
      const { x, y } = place(point)
      return `${index === 0 ? 'M' : 'L'}${tidy(x)} ${tidy(y)}`
    })
    .join(' ')
  const hovers = points.map((point) => {
    const { x, y } = place(point)
    return html`<circle class="hover" cx="${tidy(x)}" cy="${tidy(y)}" r="5"><title>Threshold ${point.threshold.toFixed(3)}: answers ${percent(point.coverage)}, ${percent(point.errorRate)} of them wrong</title></circle>`
  })
  return chart(
    'Risk-coverage curve',
    'Share of texts answered with a route against the share of those answers that are wrong, as the threshold changes.',
    { x: 'share answered', y: 'answers that are wrong', yTicks: SHARES.map((share) => share * yTop), yTop },
    html`<path class="curve" d="${path}"/>${hovers}${inForceMark(points, inForce, place)}`,
  )
}

function inForceMark(
  points: Evaluation['thresholdCurve'],
  inForce: number,
  place: (point: { coverage: number; errorRate: number }) => { x: number; y: number },
): Markup {
  let nearest = points[0]
  for (const point of points) {
    if (nearest && Math.abs(point.threshold - inForce) < Math.abs(nearest.threshold - inForce))
      nearest = point
  }
  if (!nearest) return html``
  const { x, y } = place(nearest)
  const isRight = x > SIZE / 2
  return html`<circle class="now" cx="${tidy(x)}" cy="${tidy(y)}" r="6"/><text class="label" x="${tidy(isRight ? x - 12 : x + 12)}" y="${tidy(Math.max(MARGIN.top + 12, y - 10))}" text-anchor="${isRight ? 'end' : 'start'}">now: ${inForce.toFixed(2)}</text>`
}

function chart(
  title: string,
  description: string,
  axes: { x: string; y: string; yTicks: readonly number[]; yTop: number },
  marks: Markup,
): Markup {
  const id = title.toLowerCase().replaceAll(' ', '-')
  const rows = axes.yTicks.map((tick) => {
    const y = tidy(vertical(tick / axes.yTop))
    return html`<line class="grid" x1="${MARGIN.left}" x2="${MARGIN.left + PLOT_WIDTH}" y1="${y}" y2="${y}"/><text class="tick" x="${MARGIN.left - 8}" y="${y}" dy="0.32em" text-anchor="end">${tickText(tick)}</text>`
  })
  const columns = SHARES.map(
    (tick) =>
      html`<text class="tick" x="${tidy(horizontal(tick))}" y="${MARGIN.top + PLOT_HEIGHT + 18}" text-anchor="middle">${tickText(tick)}</text>`,
  )
  return html`<svg viewBox="0 0 ${SIZE} ${SIZE}" role="img" aria-labelledby="${id}-title ${id}-description">
<title id="${id}-title">${title}</title><desc id="${id}-description">${description}</desc>
${rows}${columns}
<text class="axis" x="${MARGIN.left + PLOT_WIDTH / 2}" y="${SIZE - 8}" text-anchor="middle">${axes.x}</text>
<text class="axis" transform="translate(14 ${MARGIN.top + PLOT_HEIGHT / 2}) rotate(-90)" text-anchor="middle">${axes.y}</text>
${marks}
</svg>`
}

/** A share in percent with as many digits as it needs, at most one. */
function tickText(share: number): string {
  return `${Math.round(share * 1000) / 10}%`
}

function horizontal(share: number): number {
  return MARGIN.left + share * PLOT_WIDTH
}

function vertical(share: number): number {
  return MARGIN.top + (1 - share) * PLOT_HEIGHT
}

function tidy(coordinate: number): number {
  return Math.round(coordinate * 10) / 10
}
