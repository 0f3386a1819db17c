#!/usr/bin/env node
// Nothing may be imported above this check: on an older Node the native SQLite module ends the process without a word.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `invite-me needs Node 22.18 or newer; this is Node ${process.versions.node}. Install Node 24 and repeat.`,
  )
  process.exitCode = 1
} else {
  const { runProgram } = await import('./program.ts')
  const { createProcessHost } = await import('./host.ts')
  process.exitCode = await runProgram(process.argv.slice(2), createProcessHost())
  // Everything is closed by now. Should a library still hold a socket open, the process ends anyway.
  setTimeout(() => process.exit(), 2_000).unref()
}

export {}
