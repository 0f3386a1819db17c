/** How a POST to somebody's endpoint ended. */
export type PostResult =
  | {
      /** HTTP status. */
      readonly status: number
      /** From `Retry-After`; absent when it did not say. */
      readonly retryAfterMs?: number
    }
  /** No answer; the reason is one line without addresses. */
  | { readonly status: null; readonly reason: string }

/**
 * Posts to an endpoint somebody named, and must not let it reach into our own network.
 *
 * @param signal aborts when nobody waits any more
 * @returns what came of it; what it throws nevertheless counts as no answer
 */
export type WebhookPost = (
  post: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string },
  signal: AbortSignal,
) => Promise<PostResult>

/** How a process posts to endpoints. */
export interface WebhookSender {
  readonly post: WebhookPost
  /**
   * Looks at the URL of an endpoint when it is made or changed; default every http and https URL is taken. What its name leads to
   * is for `post` to look at, each time anew.
   * @returns why it must not be called, without repeating it; `undefined` when it may
   */
  readonly check?: (url: string) => string | undefined
}
