import { exitCodes, type ExitCode } from './exit-code.ts'
import { plainText } from './plain-text.ts'
import type { Session } from './session.ts'

/** One thing that was looked at. */
export interface Check {
  readonly name: string
  /** `warning` works, but may surprise; `broken` does not work. */
  readonly status: 'ok' | 'warning' | 'broken'
  readonly detail: string
  /** What to do about it; absent when all is well. */
  readonly todo?: string
}

/**
 * Prints what was found, as one document.
 * @returns `failed` when something does not work
 */
export function reportChecks({ output }: Session, checks: readonly Check[]): ExitCode {
  const isOk = checks.every((check) => check.status !== 'broken')
  output.result({ ok: isOk, checks }, () => checks.map((check) => drawCheck(check, output.paint)).join('\n'))
  return isOk ? exitCodes.done : exitCodes.failed
}

function drawCheck({ name, status, detail, todo }: Check, paint: Session['output']['paint']): string {
  const marks = { ok: paint.green('✓'), warning: paint.yellow('!'), broken: paint.red('✗') }
  return `${marks[status]} ${plainText(name)}: ${plainText(detail)}${todo === undefined ? '' : `\n    ${todo}`}`
}
