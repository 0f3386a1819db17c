import { InviteMeError } from '../model/error.ts'

/** Where a contract registers its tests: `test` of vitest, of `node:test`, or anything like them. */
export interface TestRegistrar {
  readonly test: ((name: string, run: () => Promise<void>) => unknown) & {
    readonly skip?: ((name: string) => unknown) | undefined
  }
  /** Registers what is not promised; default `test.skip` with the reason behind the name, or nothing when there is no such function. */
  readonly skip?: (name: string, reason: string) => unknown
}

/** What a contract asks, each by the name its test has. */
export type Questions<Subject> = Readonly<Record<string, (subject: Subject) => Promise<void>>>

/** Questions that do not apply, each with the reason, which readers of the test run see. */
export type Exceptions<Question extends string> = Readonly<Partial<Record<Question, string>>>

const shortestReason = 12

/**
 * Registers one test for each question.
 *
 * @param around makes the subject, hands it over, and puts everything away afterwards, whatever happened
 * @throws InviteMeError `OPTIONS_INVALID` for an exception without a reason, or to a question that is not asked
 */
export function registerQuestions<Subject>(
  { test, skip = (name, reason) => test.skip?.(`${name} (${reason})`) }: TestRegistrar,
  questions: Questions<Subject>,
  exceptions: Exceptions<string>,
  around: (ask: (subject: Subject) => Promise<void>) => Promise<void>,
): void {
  for (const [name, reason] of Object.entries(exceptions)) refuseBadException(questions, name, reason)
  for (const [name, ask] of Object.entries(questions)) {
    const reason = exceptions[name]
    if (reason === undefined) test(name, () => around(ask))
    else skip(name, reason)
  }
}

function refuseBadException(questions: Questions<never>, name: string, reason: string | undefined): void {
  if (!(name in questions))
    throw new InviteMeError('OPTIONS_INVALID', `The contract does not ask "${name}".`, {
      field: 'exceptions',
    })
  if (reason !== undefined && reason.trim().length < shortestReason)
    throw new InviteMeError('OPTIONS_INVALID', `The exception to "${name}" needs a reason in words.`, {
      field: `exceptions.${name}`,
    })
}
