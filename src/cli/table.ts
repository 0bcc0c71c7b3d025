import type { Style, Terminal } from './terminal.ts'
import { displayWidth, padEnd, padStart, truncate } from './text-layout.ts'

interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** The column that gives way when the terminal is narrow; at most one. */
  readonly flexible?: true
}

interface Cell {
  readonly text: string
  readonly style?: Style | readonly Style[]
}

const GAP = 2
const NARROWEST_FLEXIBLE = 12

/** Lines of a table with a header, no wider than the terminal as long as its flexible column can shrink. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly (string | Cell)[])[],
  terminal: Terminal,
  indent = 2,
): string[] {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)))
  const widths = columns.map((column, index) =>
    Math.max(displayWidth(column.title), ...cells.map((row) => displayWidth(row[index]?.text ?? ''))),
  )
  const flexible = columns.findIndex((column) => column.flexible)
  const total = indent + widths.reduce((sum, width) => sum + width, 0) + GAP * (columns.length - 1)
  if (flexible >= 0 && total > terminal.width) {
    widths[flexible] = Math.max(NARROWEST_FLEXIBLE, widths[flexible]! - (total - terminal.width))
  }
  const line = (row: readonly Cell[]) =>
    ' '.repeat(indent) +
    columns
      .map((column, index) => {
        const cell = row[index] ?? { text: '' }
        const text = index === flexible ? truncate(cell.text, widths[index]!) : cell.text
        const styled = cell.style && text !== '' ? terminal.style(cell.style, text) : text
        const isLast = index === columns.length - 1
        if (column.align === 'right') return padStart(styled, widths[index]!)
        return isLast ? styled : padEnd(styled, widths[index]!)
      })
      .join(' '.repeat(GAP))
      .trimEnd()
  return [line(columns.map((column) => ({ text: column.title, style: 'dim' as const }))), ...cells.map(line)]
}
