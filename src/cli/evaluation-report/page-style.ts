/** Style of the report page: system fonts, one accent, light and dark by the reader's own setting. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f7f7f5; --card: #ffffff; --line: #e2e1dc; --text: #1d1d1b; --muted: #63635e;
  --accent: #1f5fbf; --accent-soft: #dbe7f8; --warn: #a84a00; --good: #1a7040;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #141414; --card: #1e1e1d; --line: #363634; --text: #ecebe6; --muted: #a3a29b;
    --accent: #7fb0f5; --accent-soft: #24364f; --warn: #f0a35e; --good: #6fcf97;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 0.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 0 0 0.25rem; }
p { margin: 0 0 0.75rem; }
.lead, .remark, figcaption { color: var(--muted); }
.remark, figcaption { font-size: 0.9rem; }
section { margin-top: 2.5rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: 0.75rem; margin: 1.5rem 0 0; padding: 0; }
.figures > div, .panel { background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; }
.figures > div { padding: 1rem 1.1rem; }
.figures dt { font-size: 0.85rem; font-weight: 600; }
.figures dd { margin: 0; }
.figures .value { font-size: 2rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.figures .meaning { font-size: 0.85rem; color: var(--muted); line-height: 1.4; }
.caution { margin: 1rem 0 0; color: var(--warn); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 0.75rem; }
figure { margin: 0; padding: 1.1rem; }
figure svg { display: block; width: 100%; max-width: 28rem; height: auto; margin: 0.5rem auto; }
.grid { stroke: var(--line); }
.tick { fill: var(--muted); font-size: 11px; font-variant-numeric: tabular-nums; }
.axis { fill: var(--muted); font-size: 12px; }
.ideal { stroke: var(--muted); stroke-dasharray: 4 4; }
.gap { stroke: var(--accent); stroke-width: 2; opacity: 0.35; }
.dot { fill: var(--accent); stroke: var(--card); stroke-width: 2; }
.curve { fill: none; stroke: var(--accent); stroke-width: 2.5; stroke-linejoin: round; }
.hover { fill: transparent; }
.hover:hover { fill: var(--accent); }
.now { fill: var(--card); stroke: var(--accent); stroke-width: 3; }
.label { fill: var(--text); font-size: 12px; font-weight: 600; }
.panel { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.92rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: 0.5rem 0.8rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--muted); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.name { white-space: nowrap; }
.text { overflow-wrap: anywhere; min-width: 16rem; }
.wrong { color: var(--warn); }
.none { color: var(--muted); font-style: italic; }
tr.now td, tr.now th { background: var(--accent-soft); }
ul.examples { margin: 0; padding: 0; list-style: none; }
.search { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; margin: 0.5rem 0 0.75rem; }
.search[hidden] { display: none; }
input { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--muted); border-radius: 0.4rem; padding: 0.4rem 0.7rem; width: min(100%, 24rem); }
input:focus-visible, summary:focus-visible, .panel:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
details { margin-top: 0.5rem; font-size: 0.9rem; }
summary { cursor: pointer; color: var(--muted); }
code { font-family: ui-monospace, monospace; font-size: 0.92em; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--muted); font-size: 0.9rem; }
@media print { body { background: none; } .search { display: none; } section { break-inside: avoid; } }
`

/** Filters the misses as the reader types; without scripts the whole table is there and the field is hidden. */
export const PAGE_SCRIPT = `
const field = document.getElementById('search')
const rows = [...document.querySelectorAll('#misses tbody tr')]
const count = document.getElementById('found')
if (field) {
  field.closest('.search').hidden = false
  const texts = rows.map((row) => row.textContent.toLowerCase())
  field.addEventListener('input', () => {
    const words = field.value.toLowerCase().split(/\\s+/).filter(Boolean)
    let found = 0
    rows.forEach((row, index) => {
      const fits = words.every((word) => texts[index].includes(word))
      row.hidden = !fits
      if (fits) found++
    })
    count.textContent = found + ' of ' + rows.length
  })
}
`
