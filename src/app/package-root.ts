import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The package's own directory; `src/app` and `dist/app` are equally deep below it. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url))

const manifest = JSON.parse(readFileSync(`${packageRoot}package.json`, 'utf8')) as { version: string }

export const packageVersion = manifest.version
