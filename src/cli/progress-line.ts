import type { Clock, FitProgress } from '../contracts/index.ts'
import type { Terminal } from './terminal.ts'
import { bar, padEnd } from './text-layout.ts'

const REDRAW_MS = 80
/** Into a file or a log: nothing for quick work, then a line now and then. */
const LINE_EVERY_MS = 2_000

/**
 * Shows the progress of long work on standard error: one line redrawn on a terminal, a line every two seconds elsewhere.
 * @returns the callback to hand to the work, and `end`, which clears the line
 */
export function progressLine(
  terminal: Terminal,
  clock: Pick<Clock, 'monotonicMs'> = { monotonicMs: () => performance.now() },
): { readonly update: FitProgress; end(): void } {
  if (terminal.quiet || terminal.json) return { update: () => {}, end: () => {} }
  let shownAtMs = clock.monotonicMs()
  let drawn = false
  const update: FitProgress = ({ stage, done, total }) => {
    const nowMs = clock.monotonicMs()
    if (nowMs - shownAtMs < (terminal.animated ? REDRAW_MS : LINE_EVERY_MS)) return
    shownAtMs = nowMs
    const share = total > 0 ? done / total : 0
    const percentage = `${Math.floor(share * 100)}%`
    if (!terminal.animated) {
      terminal.writeError(`${stage}: ${percentage}\n`)
      return
    }
    const { filled, rest } = bar(share, 28)
    const line = `${padEnd(stage, 22)} ${terminal.styleError('cyan', filled)}${terminal.styleError('dim', rest)} ${percentage}`
    terminal.writeError(`\r\u001b[2K${line}`)
    drawn = true
  }
  const end = () => {
    if (drawn) terminal.writeError('\r\u001b[2K')
  }
  return { update, end }
}
