import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url))

const NOT_OURS = new Set(['node_modules', 'dist', 'coverage'])

/** Every Markdown file of the repository, by its path from the root. */
export function markdownFiles(folder = ''): string[] {
  return readdirSync(join(repositoryRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory())
      return NOT_OURS.has(entry.name) || entry.name.startsWith('.') ? [] : markdownFiles(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

const withoutCode = (markdown: string): string =>
  markdown.replace(/^(`{3,})[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, 'code')

/** Targets of links and pictures, other sites left out. */
export function linksIn(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!)
    .filter((target) => !/^[a-z]+:/.test(target))
}

/** The anchors that headings make, as the usual viewers name them: those of the same words are counted from the second on. */
export function anchorsIn(markdown: string): Set<string> {
  const headings = markdown.replace(/^(`{3,})[\s\S]*?^\1/gm, '').matchAll(/^#{1,6} (.+)$/gm)
  const counts = new Map<string, number>()
  const anchors = [...headings].map((match) => {
    const words = match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-')
    const count = counts.get(words) ?? 0
    counts.set(words, count + 1)
    return count === 0 ? words : `${words}-${count}`
  })
  return new Set(anchors)
}

/** What is wrong with the links of a file, a line each. */
export function brokenLinks(file: string, markdown: string): string[] {
  return linksIn(markdown).flatMap((link) => {
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? join(repositoryRoot, file) : join(repositoryRoot, dirname(file), path)
    if (!existsSync(target)) return [`${file}: ${link} is not there`]
    if (anchor === undefined || statSync(target).isDirectory()) return []
    const text = path === '' ? markdown : readFileSync(target, 'utf8')
    return anchorsIn(text).has(anchor) ? [] : [`${file}: ${link} names no heading`]
  })
}
