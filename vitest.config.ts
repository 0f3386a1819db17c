import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

/** Tests run on the sources of all packages; nothing has to be built before. */
const sourceCondition = '@invite-me/source'

interface ProjectOptions {
  readonly name: string
  readonly include: readonly string[]
  readonly exclude?: readonly string[]
  readonly timeoutMs?: number
  readonly env?: Readonly<Record<string, string>>
}

function project({
  name,
  include,
  exclude = [],
  timeoutMs = 10_000,
  env = {},
}: ProjectOptions): TestProjectInlineConfiguration {
  return {
    resolve: { conditions: [sourceCondition, 'node', 'default'] },
    ssr: {
      resolve: {
        conditions: [sourceCondition, 'node', 'default'],
        externalConditions: [sourceCondition, 'node', 'default'],
      },
    },
    test: {
      name,
      include: [...include],
      exclude: ['**/node_modules/**', ...exclude],
      env: { ...env },
      environment: 'node',
      pool: 'forks',
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      server: { deps: { inline: [/@invite-me\//] } },
    },
  }
}

const unitTests = (name: string): TestProjectInlineConfiguration =>
  project({ name, include: [`packages/${name}/src/**/*.test.{ts,tsx}`] })

/** Stories that make engines of their own, for one medium with its real peers: what keeps the workspace does not matter there. */
const ownEngines = ['answers-by-mail', 'signed-mail', 'dinner', 'channel-*'].map((name) => `tests/flows/${name}.test.ts`)

/** The stories again, on what a server is made of; see `tests/worlds/world.ts`. */
const flowsIn = (world: string): TestProjectInlineConfiguration =>
  project({
    name: `flows-${world}`,
    include: ['tests/flows/**/*.test.ts'],
    exclude: ownEngines,
    timeoutMs: 120_000,
    env: { INVITE_ME_WORLD: world },
  })

export default defineConfig({
  test: {
    projects: [
      unitTests('core'),
      unitTests('channels'),
      unitTests('server'),
      unitTests('cli'),
      project({ name: 'scripts', include: ['scripts/**/*.test.ts'], timeoutMs: 30_000 }),
      project({ name: 'flows', include: ['tests/flows/**/*.test.ts'], timeoutMs: 120_000 }),
      flowsIn('postgres'),
      project({ name: 'examples', include: ['examples/*/*.test.ts'], timeoutMs: 60_000 }),
      project({ name: 'chaos', include: ['tests/chaos/**/*.test.ts'], timeoutMs: 600_000 }),
    ],
    reporters: ['default', './scripts/last-line-reporter.ts'],
    coverage: { include: ['packages/*/src/**'], exclude: ['**/*.test.{ts,tsx}', '**/*.gen.ts'] },
  },
})
