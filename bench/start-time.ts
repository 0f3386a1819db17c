import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { compare, type Comparison } from './rounds.ts'

const run = promisify(execFile)
const rounds = 15
const core = fileURLToPath(new URL('../packages/core/dist/index.js', import.meta.url))
const commandLine = fileURLToPath(new URL('../packages/cli/dist/bin.js', import.meta.url))

/** How long a fresh process takes to load the built core, and to say its version, beside a bare one. */
export async function startTime(): Promise<readonly Comparison[]> {
  for (const file of [core, commandLine])
    if (!existsSync(file)) throw new Error(`${file} is missing: run "pnpm build" first.`)
  const bare = () => processMs('-e', '0')
  return [
    await compare({
      name: 'load the core: beside bare node',
      unit: 'ms',
      rounds,
      ours: () => processMs('--input-type=module', '-e', `await import(${JSON.stringify(core)})`),
      reference: bare,
      goal: { words: 'at most 60 ms more', isMet: ({ ours, reference }) => ours - reference <= 60 },
    }),
    await compare({
      name: 'invite-me --version: beside bare node',
      unit: 'ms',
      rounds,
      ours: () => processMs(commandLine, '--version'),
      reference: bare,
      goal: { words: 'at most 80 ms in all', isMet: ({ ours }) => ours <= 80 },
    }),
  ]
}

async function processMs(...parameters: readonly string[]): Promise<number> {
  const begin = performance.now()
  await run(process.execPath, parameters)
  return performance.now() - begin
}
