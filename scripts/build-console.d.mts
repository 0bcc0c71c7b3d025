import type { rolldown } from 'rolldown'

/**
 * Builds the try-it page.
 * @param bundle the bundler
 * @param source `console/src`
 * @param target where the files go
 */
export function buildConsole(bundle: typeof rolldown, source: string, target: string): Promise<void>
