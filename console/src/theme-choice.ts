/** Lets the reader choose light, dark or what the system says, and remembers it where the browser lets us. */
export function offerThemes(select: HTMLSelectElement): void {
  const root = document.documentElement
  select.value = root.dataset.theme ?? 'system'
  select.addEventListener('change', () => {
    if (select.value === 'system') delete root.dataset.theme
    else root.dataset.theme = select.value
    try {
      localStorage.setItem('theme', select.value)
    } catch {
      select.title = 'This browser does not let the page remember it.'
    }
  })
}
