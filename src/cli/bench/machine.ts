import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { packageVersion } from '../../app/package-root.ts'
import type { Encoder } from '../../contracts/index.ts'

/** What is known of the machine and the program before anything is measured. */
export function readMachine(encoder: Encoder) {
  return {
    version: packageVersion,
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    encoder: encoder.name,
  }
}

/** Processes that wanted to run over the last minute; null on Windows, which does not count them. */
export function loadNow(): number | null {
  return platform() === 'win32' ? null : loadavg()[0]!
}
