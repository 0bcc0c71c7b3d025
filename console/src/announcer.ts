import { byId } from './dom.ts'

/** How long a text must stand before it is read out, so that typing is not talked over. */
const REST_MS = 700

let waiting: ReturnType<typeof setTimeout> | undefined

/** Has a screen reader say the text, unless another comes first. */
export function announce(text: string): void {
  clearTimeout(waiting)
  waiting = setTimeout(() => {
    byId('announcer').textContent = text
  }, REST_MS)
}
