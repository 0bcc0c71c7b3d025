type Child = Node | string | null | undefined | false
type Listener = (event: Event) => void

/** Attributes by name; `true` sets an empty one, `false` none; functions are listeners of `on…`. */
type Attributes = Readonly<Record<string, string | number | boolean | Listener>>

/** An element. Children that are strings become text, whatever is in them. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== false) element.setAttribute(name, String(value))
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

/** The element of the page with that id. */
export function byId<Type extends HTMLElement = HTMLElement>(id: string): Type {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`index.html has no #${id}`)
  return element as Type
}

/** Puts children in the place of what is there. */
export function redraw(place: HTMLElement, ...children: readonly Child[]): void {
  keepFocus(place, () => {
    place.replaceChildren(
      ...children.filter((child) => child !== null && child !== undefined && child !== false),
    )
  })
}

/** Runs what draws a place anew, then puts the focus back on the element of the same id. */
export function keepFocus(place: HTMLElement, draw: () => void): void {
  const { activeElement } = document
  const held = activeElement !== null && place.contains(activeElement) ? activeElement : null
  draw()
  if (held === null || held.id === '' || document.activeElement === held) return
  document.getElementById(held.id)?.focus({ preventScroll: true })
}

/** A share of the whole, 0..1, as the length of a bar or the place of a mark; through the object model, which the policy allows. */
export function placed<Element extends HTMLElement>(element: Element, share: number): Element {
  element.style.setProperty('--share', String(Math.min(1, Math.max(0, share))))
  return element
}
