/** Most bytes of an answer: a full page of the longest messages has less. */
const maxAnswerBytes = 64 * 1_048_576

/** An answer is longer than any of ours. */
export class AnswerTooLong extends RangeError {}

/**
 * Reads an answer's text in bounded memory.
 * @throws AnswerTooLong beyond 64 MiB; whatever the network throws when it breaks
 */
export async function readBody(response: Response, signal: AbortSignal): Promise<string> {
  const reader = response.body?.getReader()
  if (reader === undefined) return ''
  const giveUp = (): void => void reader.cancel().catch(() => undefined)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    const decoder = new TextDecoder()
    let text = ''
    let bytes = 0
    for (;;) {
      const { done, value } = await reader.read()
      signal.throwIfAborted()
      if (done) return text + decoder.decode()
      bytes += value.length
      if (bytes > maxAnswerBytes) throw new AnswerTooLong()
      text += decoder.decode(value, { stream: true })
    }
  } finally {
    signal.removeEventListener('abort', giveUp)
    giveUp()
  }
}
