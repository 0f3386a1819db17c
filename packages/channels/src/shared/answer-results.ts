import type { HandledFact } from '@invite-me/core/channel'

/**
 * Tells whoever sent facts, as JSON, what became of each: `{ "results": [{ "kind", "result", "answer", "feedback" }] }`.
 * `feedback` is for the person: that the answer counted, or what to write instead.
 *
 * @param headers more headers for the response
 */
export function answerResults(
  handled: readonly HandledFact[],
  headers: Readonly<Record<string, string>> = {},
): Response {
  const results = handled.map(({ result: { answer, feedback, kind, result } }) => ({
    kind,
    result,
    answer,
    feedback,
  }))
  return Response.json({ results }, { headers: { 'cache-control': 'no-store', ...headers } })
}
