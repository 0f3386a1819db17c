/**
 * Runs every check of the repository in order and stops at the first that fails: `pnpm check`.
 *
 * `pnpm check lint layers` runs only the named stages. Tests come last, so that the last line of the whole output is
 * their count. Earlier stages are silent unless they fail.
 */
import { spawn } from 'node:child_process'

interface Stage {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** Shows the output while it comes, instead of only after a failure. */
  readonly isLive?: boolean
}

const stages: readonly Stage[] = [
  { name: 'services', command: ['node', 'scripts/services.ts'], isLive: true },
  { name: 'format', command: ['pnpm', 'run', 'format:check'] },
  { name: 'layers', command: ['pnpm', 'run', 'layers'] },
  { name: 'generated', command: ['pnpm', 'run', 'gen', '--check'] },
  { name: 'build', command: ['pnpm', 'run', 'build'] },
  { name: 'types', command: ['pnpm', 'run', 'types'] },
  // After the build: outside the packages' own projects the linter knows their types from the declarations only.
  { name: 'lint', command: ['pnpm', 'run', 'lint'] },
  { name: 'docs', command: ['pnpm', 'run', 'docs'] },
  { name: 'knip', command: ['pnpm', 'run', 'knip'] },
  { name: 'packages', command: ['pnpm', 'run', 'packages'] },
  { name: 'tests', command: ['pnpm', 'exec', 'vitest', 'run'], isLive: true },
]

/** Runs one command and returns its exit code and, unless it is live, its output. */
function run(
  command: readonly [string, ...string[]],
  isLive: boolean,
): Promise<{ code: number; output: string }> {
  const [program, ...parameters] = command
  const child = spawn(program, parameters, {
    stdio: isLive ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  const chunks: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }))
  })
}

/** Runs one stage and announces it; returns its exit code. */
async function runStage({ name, command, isLive = false }: Stage): Promise<number> {
  if (isLive) console.log(`[check] ${name}`)
  const startedAt = performance.now()
  const { code, output } = await run(command, isLive)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  if (code !== 0) {
    process.stdout.write(output)
    console.log(`[check] ${name} failed after ${seconds} s; repeat it alone with: pnpm check ${name}`)
  } else if (!isLive) {
    console.log(`[check] ${name} ok, ${seconds} s`)
  }
  return code
}

const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !stages.some((stage) => stage.name === name))
if (unknown !== undefined) {
  console.error(`There is no stage "${unknown}". Stages: ${stages.map((stage) => stage.name).join(', ')}`)
  process.exit(1)
}
for (const stage of stages) {
  if (wanted.length > 0 && !wanted.includes(stage.name)) continue
  const code = await runStage(stage)
  if (code !== 0) process.exit(code)
}
