import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

/** Tests run on the sources of all packages; nothing has to be built before. */
const sourceCondition = '@invite-me/source'

interface ProjectOptions {
  readonly name: string
  readonly include: readonly string[]
  readonly exclude?: readonly string[]
  readonly timeoutMs?: number
  readonly env?: Readonly<Record<string, string>>
  /** True for tests that load the whole machine: they run after all others, one file at a time. */
  readonly isAlone?: boolean
}

function project({
  name,
  include,
  exclude = [],
  timeoutMs = 10_000,
  env = {},
  isAlone = false,
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
      // Vitest's own default leaves one core idle, and much of what tests do is to wait for servers.
      maxWorkers: isAlone ? 1 : '100%',
      sequence: { groupOrder: isAlone ? 1 : 0 },
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      server: { deps: { inline: [/@invite-me\//] } },
    },
  }
}

const unitTests = (name: string): TestProjectInlineConfiguration =>
  project({ name, include: [`packages/${name}/src/**/*.test.{ts,tsx}`] })

/**
 * Stories that make engines of their own, for one medium with its real peers, or bring a broker of their own and count its
 * milliseconds: what keeps the workspace does not matter there.
 */
const ownEngines = [
  'handed-work',
  'answers-by-mail',
  'signed-mail',
  'dinner',
  'schedules-killed',
  'channel-*',
].map((name) => `tests/flows/${name}.test.ts`)

const everyStory = ['**/*']
/** Where it matters who takes work and when: what is handed over, refused, put off, and taken up after a death. */
const handingOver = [
  'ask-and-answer',
  'doubtful-sends',
  'fallback',
  'inner-limits',
  'provider-trouble',
  'rescheduling',
  'restart',
  'stopping',
]
/** Where one process must hear of what another did. */
const wakingOthers = ['erasing', 'keys', 'restart', 'stopping', 'topics', 'webhooks-out']
/** A store alone, without anything beside it: the same in every world with Postgres. */
const storesAlone = ['tests/flows/webhooks-to-many.test.ts']

/** The stories again, on what a server is made of; see `tests/worlds/world.ts`. */
const flowsIn = (world: string, stories: readonly string[] = everyStory): TestProjectInlineConfiguration =>
  project({
    name: `flows-${world}`,
    include: stories.map((name) => `tests/flows/${name}.test.ts`),
    exclude: [...ownEngines, ...(world === 'postgres' ? [] : storesAlone)],
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
      flowsIn('rabbitmq', handingOver),
      flowsIn('redis', wakingOthers),
      flowsIn('server'),
      project({ name: 'examples', include: ['examples/*/*.test.ts'], timeoutMs: 60_000 }),
      project({ name: 'races', include: ['tests/races/**/*.test.ts'], timeoutMs: 120_000 }),
      project({ name: 'fuzz', include: ['tests/fuzz/spectral.test.ts'], timeoutMs: 120_000 }),
      project({
        name: 'fuzz-specmatic',
        include: ['tests/fuzz/specmatic.test.ts'],
        timeoutMs: 600_000,
        isAlone: true,
      }),
      project({
        name: 'chaos',
        include: ['tests/chaos/**/*.test.ts'],
        exclude: ['tests/chaos/server/**'],
        timeoutMs: 600_000,
        isAlone: true,
      }),
      project({
        name: 'chaos-server',
        include: ['tests/chaos/server/**/*.test.ts'],
        timeoutMs: 600_000,
        isAlone: true,
      }),
    ],
    reporters: ['default', './scripts/last-line-reporter.ts'],
    coverage: { include: ['packages/*/src/**'], exclude: ['**/*.test.{ts,tsx}', '**/*.gen.ts'] },
  },
})
