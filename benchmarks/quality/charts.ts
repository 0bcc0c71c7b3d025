/** One line of a chart, in data units. */
export interface Line {
  readonly title: string
  readonly points: readonly (readonly [x: number, y: number])[]
  readonly hasDots?: boolean
}

export interface Chart {
  readonly title: string
  readonly xTitle: string
  readonly yTitle: string
  readonly x: Axis
  readonly y: Axis
  readonly lines: readonly Line[]
  /** Draws the diagonal on which confidence equals accuracy. */
  readonly hasDiagonal?: boolean
  /** The corner that the lines leave free. */
  readonly legendAt: 'top left' | 'bottom right'
}

interface Axis {
  readonly from: number
  readonly to: number
  readonly ticks: readonly number[]
  readonly print: (value: number) => string
}

const WIDTH = 640
const HEIGHT = 420
const LEFT = 70
const RIGHT = 24
const TOP = 46
const BOTTOM = 62

// The picture brings its own ground, so that it can be read on light and on dark pages alike.
const STYLE = `
  .ground { fill: #ffffff; stroke: #d0d7de } .grid { stroke: #d8dee4 } .axis { stroke: #59636e; fill: none }
  text { fill: #1f2328; font: 13px system-ui, sans-serif } .title { font-size: 15px; font-weight: 600 }
  .line { fill: none; stroke-width: 2.2 } .diagonal { stroke: #818b98; stroke-dasharray: 4 4 }
  .c0 { stroke: #0969da; fill: #0969da } .c1 { stroke: #bc4c00; fill: #bc4c00 }
  .c2 { stroke: #1a7f37; fill: #1a7f37 } .c3 { stroke: #8250df; fill: #8250df }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; stroke: #3d444d } .grid { stroke: #2a313c } .axis { stroke: #9198a1 }
    text { fill: #f0f6fc } .diagonal { stroke: #9198a1 }
    .c0 { stroke: #58a6ff; fill: #58a6ff } .c1 { stroke: #f0883e; fill: #f0883e }
    .c2 { stroke: #3fb950; fill: #3fb950 } .c3 { stroke: #bc8cff; fill: #bc8cff }
  }
  .line { fill: none }`

/** A line chart as a self-contained SVG document. */
export function drawChart(chart: Chart): string {
  const x = scale(chart.x, LEFT, WIDTH - RIGHT)
  const y = scale(chart.y, HEIGHT - BOTTOM, TOP)
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(chart.title)}">`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" x="0.5" y="0.5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="8"/>`,
    `<text class="title" x="${LEFT}" y="26">${escapeText(chart.title)}</text>`,
    ...chart.x.ticks.map(
      (tick) =>
        `<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text x="${x(tick)}" y="${HEIGHT - BOTTOM + 19}" text-anchor="middle">${chart.x.print(tick)}</text>`,
    ),
    ...chart.y.ticks.map(
      (tick) =>
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/><text x="${LEFT - 8}" y="${y(tick) + 4}" text-anchor="end">${chart.y.print(tick)}</text>`,
    ),
    `<path class="axis" d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}"/>`,
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 18}" text-anchor="middle">${escapeText(chart.xTitle)}</text>`,
    `<text transform="translate(20 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escapeText(chart.yTitle)}</text>`,
  ]
  if (chart.hasDiagonal) {
    const low = Math.max(chart.x.from, chart.y.from)
    const high = Math.min(chart.x.to, chart.y.to)
    parts.push(`<line class="diagonal" x1="${x(low)}" y1="${y(low)}" x2="${x(high)}" y2="${y(high)}"/>`)
  }
  chart.lines.forEach((line, place) => {
    const inside = line.points.filter(
      ([px, py]) => px >= chart.x.from && px <= chart.x.to && py >= chart.y.from && py <= chart.y.to,
    )
    const path = inside.map(([px, py], point) => `${point === 0 ? 'M' : 'L'}${x(px)} ${y(py)}`).join('')
    parts.push(`<path class="line c${place}" d="${path}"/>`)
    if (line.hasDots)
      for (const [px, py] of inside)
        parts.push(`<circle class="c${place}" cx="${x(px)}" cy="${y(py)}" r="3.4"/>`)
  })
  parts.push(...legend(chart), '</svg>')
  return `${parts.join('\n')}\n`
}

function legend({ lines, legendAt }: Chart): string[] {
  const width = 7.5 * Math.max(...lines.map(({ title }) => title.length)) + 40
  const left = legendAt === 'top left' ? LEFT + 16 : WIDTH - RIGHT - width
  const top = legendAt === 'top left' ? TOP + 18 : HEIGHT - BOTTOM - 16 - 20 * lines.length
  return lines.map(
    ({ title }, place) =>
      `<path class="line c${place}" d="M${left} ${top + 20 * place}h22"/><text x="${left + 30}" y="${top + 4 + 20 * place}">${escapeText(title)}</text>`,
  )
}

const scale =
  ({ from, to }: Axis, start: number, end: number) =>
  (value: number): number =>
    Math.round((start + ((value - from) / (to - from)) * (end - start)) * 10) / 10

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
