import { spawnSync } from 'node:child_process'
import { areServicesRequired, explainMissing, findService } from '../../scripts/services.ts'

/**
 * Tells why nothing can be checked by Prometheus' own rules here.
 *
 * @returns undefined when it can; else a sentence that says what to do
 * @throws when it cannot and `INVITE_ME_REQUIRE_SERVICES=1` asks for it
 */
export function explainNoPromtool(): string | undefined {
  if (findService('promtool') !== undefined) return undefined
  const reason = explainMissing('promtool')
  if (areServicesRequired()) throw new Error(reason)
  return reason
}

/**
 * Runs `promtool check`.
 *
 * @param what `['metrics']`, with the page as input, or `['rules', file]`
 * @returns what it complains about; empty when all is well
 */
export function checkByPromtool(what: readonly string[], input = ''): string {
  const promtool = findService('promtool')
  if (promtool === undefined) throw new Error(explainMissing('promtool'))
  const { status, stderr, error } = spawnSync(promtool, ['check', ...what], {
    input,
    encoding: 'utf8',
    timeout: 20_000,
  })
  if (error !== undefined) throw error
  return status === 0 ? stderr : `${stderr}(status ${String(status)})`
}
