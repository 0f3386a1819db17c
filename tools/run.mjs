/**
 * Runs one script of the root package.json on the Node and pnpm this repository is tested with, fetching what is missing.
 *
 * `npm start` and `npm test` begin here, so this file must run on any Node from 18 on and before anything is installed:
 * no dependency, no TypeScript. What is missing (Node, pnpm or both) comes through one `npx`, which npm caches, so a second
 * run needs no network. pnpm 12 installs the workspace by itself before it runs the script.
 */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'

const TOOL_NODE = '24.21.0'
const [script, ...scriptArguments] = process.argv.slice(2)
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const wantedPnpm = manifest.packageManager.replace('pnpm@', '')
// On Windows npx and pnpm are .cmd files, which only a shell can start.
const shell = process.platform === 'win32'

const [major, minor] = process.versions.node.split('.').map(Number)
const nodeFits = (major === 22 && minor >= 18) || (major === 24 && minor >= 11) || major >= 26

// Asked outside the repository: pnpm 10 would otherwise try to replace itself with the pinned version.
const pnpmAnswer = spawnSync('pnpm', ['--version'], { cwd: tmpdir(), encoding: 'utf8', shell })
const pnpmFits = pnpmAnswer.status === 0 && pnpmAnswer.stdout.split('.')[0] === wantedPnpm.split('.')[0]

const missing = [...(nodeFits ? [] : [`node@${TOOL_NODE}`]), ...(pnpmFits ? [] : [`pnpm@${wantedPnpm}`])]
const installNode = 'Install Node 24 (or `pnpm runtime set node 24 -g`) and repeat.'

if (!script) {
  console.error('[run] Name a script of package.json: node tools/run.mjs check')
  process.exit(1)
}
if (!nodeFits && process.platform === 'darwin' && process.arch === 'arm64') {
  // npm has no Node 24.21 package for Apple silicon.
  console.error(`[run] This machine has Node ${process.version}. ${installNode}`)
  process.exit(1)
}
if (missing.length > 0) {
  console.error(
    `[run] fetching once: ${missing.join(', ')} (cached by npm; this machine has node ${process.version})`,
  )
}

const pnpmCommand = ['pnpm', 'run', script, ...scriptArguments]
const packageFlags = missing.flatMap((name) => ['-p', name])
const [command, ...commandArguments] =
  missing.length === 0
    ? pnpmCommand
    : ['npx', '--yes', '--prefer-offline', ...packageFlags, '--', ...pnpmCommand]
// A terminal signals everything it runs by itself. Without one, npx would die alone and leave the script running, so the
// script gets a process group of its own and signals go to the whole group.
const detached = !process.stdin.isTTY && !shell
const child = spawn(command, commandArguments, { stdio: 'inherit', shell, detached })

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // There is no process id when starting it failed.
    if (child.pid !== undefined) process.kill(detached ? -child.pid : child.pid, signal)
  })
}
child.on('error', () => {
  console.error(`[run] Could not start ${command}. ${installNode}`)
  process.exit(1)
})
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
