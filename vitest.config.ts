import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

/** Tests run on the sources of all packages; nothing has to be built before. */
const sourceCondition = '@invite-me/source'

interface ProjectOptions {
  readonly name: string
  readonly include: readonly string[]
  readonly timeoutMs?: number
}

function project({ name, include, timeoutMs = 10_000 }: ProjectOptions): TestProjectInlineConfiguration {
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

export default defineConfig({
  test: {
    projects: [
      unitTests('core'),
      unitTests('channels'),
      unitTests('server'),
      unitTests('cli'),
      project({ name: 'scripts', include: ['scripts/**/*.test.ts'], timeoutMs: 30_000 }),
      project({ name: 'flows', include: ['tests/flows/**/*.test.ts'], timeoutMs: 120_000 }),
      project({ name: 'examples', include: ['examples/*/*.test.ts'], timeoutMs: 60_000 }),
      project({ name: 'chaos', include: ['tests/chaos/**/*.test.ts'], timeoutMs: 600_000 }),
    ],
    reporters: ['default', './scripts/last-line-reporter.ts'],
    coverage: { include: ['packages/*/src/**'], exclude: ['**/*.test.{ts,tsx}', '**/*.gen.ts'] },
  },
})
