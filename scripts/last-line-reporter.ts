import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/**
 * Prints `N passed, N failed, N skipped` as the very last line of a test run, counting single tests.
 *
 * A file that cannot be loaded, a failing hook and an unhandled error count as failures, because a run that hides them
 * would look green. A run without any test fails too.
 */
export default class LastLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const count = countResults(modules, unhandledErrors)
    if (count.passed + count.failed + count.skipped === 0) {
      console.error('No test ran.')
      count.failed = 1
    }
    if (count.failed > 0) process.exitCode = 1
    // On exit, because other reporters print their summary after this method has been called.
    process.once('exit', () => {
      console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
    })
  }
}

interface ResultCount {
  passed: number
  failed: number
  skipped: number
}

function countResults(
  modules: readonly TestModule[],
  unhandledErrors: readonly SerializedError[],
): ResultCount {
  const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
  for (const module of modules) {
    count.failed += module.errors().length
    for (const suite of module.children.allSuites()) count.failed += suite.errors().length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      // A test that is still pending when the run ends was cut off.
      if (state === 'passed' || state === 'skipped') count[state] += 1
      else count.failed += 1
    }
  }
  return count
}
