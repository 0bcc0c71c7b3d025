import type { Serving } from '../integration/serving.ts'

/** The sum of a metric's series with these labels, as `/metrics` tells it; 0 where there is none. */
export async function metric(
  gateway: Serving,
  name: string,
  labels: Readonly<Record<string, string>> = {},
  headers: Record<string, string> = {},
): Promise<number> {
  const { text } = await gateway.call('GET', '/metrics', undefined, headers)
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}
