import { InviteMeError, isInviteMeError } from '@invite-me/core/channel'

/** Takes one mail as a Web request; resolves once it is written down. */
export type MailTaker = (request: Request) => Promise<unknown>

/** What whoever reads it knows of a mail beside its bytes. */
export interface HandOverOptions {
  readonly receive: MailTaker
  /** Longest wait for `receive`, in milliseconds. */
  readonly timeoutMs: number
  /** What the mail server was told; absent when unknown, `from: ''` for the null sender. */
  readonly envelope?: { readonly from: string; readonly to: string }
}

/**
 * What became of a mail.
 *
 * - `taken` it is written down
 * - `refused` it can never be taken: too large, or no mail
 * - `failed` something went wrong with it; the next try may do better
 * - `unavailable` nothing can be taken at present, whatever mail it is
 */
export type HandOverResult = 'taken' | 'refused' | 'failed' | 'unavailable'

/**
 * Hands one raw mail over, body `message/rfc822`.
 *
 * `receive` may answer with a Web `Response`, as a server of ours does; its status counts then.
 *
 * @returns never rejects
 */
export async function handOver(
  raw: Uint8Array<ArrayBuffer>,
  { envelope, receive, timeoutMs }: HandOverOptions,
): Promise<HandOverResult> {
  const headers = new Headers({ 'content-type': 'message/rfc822' })
  if (envelope !== undefined) {
    headers.set('x-envelope-to', envelope.to)
    // A sender that no header can carry is left unknown; the mail itself still says who wrote it.
    if (/^[ -~]*$/.test(envelope.from)) headers.set('x-envelope-from', envelope.from)
  }
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const request = new Request('http://mail.invalid/', { method: 'POST', body: raw, headers, signal })
    const result = await Promise.race([receive(request), timedOut(signal)])
    return result instanceof Response ? resultOfStatus(result.status) : 'taken'
  } catch (error) {
    return isInviteMeError(error) ? resultOfStatus(error.status) : 'failed'
  }
}

function resultOfStatus(status: number): HandOverResult {
  if (status < 400) return 'taken'
  if ([408, 425, 429, 502, 503, 504, 507].includes(status)) return 'unavailable'
  return status < 500 ? 'refused' : 'failed'
}

function timedOut(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener(
      'abort',
      () => reject(new InviteMeError('STOP_TIMEOUT', 'Taking the mail took too long.')),
      { once: true },
    )
  })
}
