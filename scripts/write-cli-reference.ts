// Writes docs/reference/cli.md from the tables of the command line; a test compares the two.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cliReference } from '../src/cli/reference.ts'

const folder = new URL('../docs/reference/', import.meta.url)
mkdirSync(folder, { recursive: true })
writeFileSync(new URL('cli.md', folder), await cliReference())
