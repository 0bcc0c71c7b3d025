#!/usr/bin/env node
// Only this file may run on a Node that is too old, so it imports the rest after looking.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(
    `error: stratarouter needs Node 22.13 or newer, this is ${process.versions.node}. Install a newer Node, for example 24.\n`,
  )
  process.exitCode = 5
} else {
  // A reader that closes its end early, as `head` does, has what it wanted.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 5)
  })
  // Node 22 warns at every use of its SQLite, which tells a user nothing that they could act on.
  const listeners = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning' && warning.message.startsWith('SQLite')) return
    for (const listener of listeners) listener(warning)
  })
  const { runCommandLine } = await import('./run-command-line.ts')
  process.exitCode = await runCommandLine(process.argv.slice(2))
}

export {}
