import type { Prism } from './prism.ts'
import { waitUntil } from './wait-until.ts'

/**
 * Tells what was wrong with our requests since it was asked last. The answers Prism makes up for a spec without examples may
 * break the rules too; they do not count.
 */
export function requestViolations(prism: Prism): () => Promise<readonly string[]> {
  let seen = prism.log().length
  let marks = 0
  return async () => {
    // What Prism writes arrives after what it answers, yet in order: once this path is there, all before it is.
    const mark = `/mark-${String((marks += 1))}-of-a-test`
    await (await fetch(prism.url + mark)).arrayBuffer()
    await waitUntil('Prism has written everything down', () => prism.log().includes(mark), 10_000)
    const log = prism.log()
    const found = log.slice(seen).match(/Violation: request.*|did not pass the validation.*/g) ?? []
    seen = log.length
    return found
  }
}
