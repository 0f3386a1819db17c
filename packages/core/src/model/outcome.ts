import { z } from 'zod'

/** Who a failure speaks about: one bad phone number never marks a healthy provider dead. */
export const outcomeScopeSchema = z.enum(['recipient', 'message', 'sender', 'provider'])
/** See {@link outcomeScopeSchema}. */
export type OutcomeScope = z.infer<typeof outcomeScopeSchema>

/** The classes a send can end in; each adapter maps its provider's answers to these. */
export const outcomeClasses = [
  'accepted',
  'retryable',
  'rate_limited',
  'permanent_recipient',
  'opted_out',
  'permanent_config',
  'permanent_content',
  'unknown',
] as const
/** See {@link outcomeClasses}. */
export const outcomeClassSchema = z.enum(outcomeClasses)
/** See {@link outcomeClassSchema}. */
export type OutcomeClass = z.infer<typeof outcomeClassSchema>

interface Failure<Status extends OutcomeClass, Scope extends OutcomeScope> {
  readonly status: Status
  readonly scope: Scope
  /** The provider's own code, `550 5.1.1` or `21610`; kept in the receipt. */
  readonly providerCode?: string
  /** One plain sentence for the receipt; no secrets, no addresses, no message text. */
  readonly detail?: string
}

/**
 * What a channel reports for one attempt. Failures are values; `send` throws only on the adapter's own bugs.
 *
 * - `accepted` the provider took it; `delivered: true` when it has certainly arrived (an in-app inbox)
 * - `retryable` try again later on the same route: network before the bytes left, 5xx, SMTP 4yz
 * - `rate_limited` pause, costs no try; `retryAfterMs` as the provider asked
 * - `permanent_recipient` this address is dead: mark the route, go to the next
 * - `opted_out` the person said stop: suppress the address, go to the next route
 * - `permanent_config` our credentials or sender are wrong: open the circuit, keep the messages
 * - `permanent_content` this message cannot go this way: next route
 * - `unknown` the bytes left and no answer came: it may have been sent
 */
export type SendOutcome =
  | {
      readonly status: 'accepted'
      readonly providerMessageId?: string
      /** Further ids under which the provider will speak of it (a poll's own id). */
      readonly otherIds?: readonly string[]
      readonly delivered?: boolean
      /** The address it really went to, when the one we had has moved. */
      readonly movedTo?: string
      /** One plain sentence for the receipt: segments, estimated price. */
      readonly detail?: string
    }
  | (Failure<'retryable', OutcomeScope> & { readonly retryAfterMs?: number })
  | (Failure<'rate_limited', OutcomeScope> & { readonly retryAfterMs: number })
  | Failure<'permanent_recipient', 'recipient'>
  | Failure<'opted_out', 'recipient'>
  | Failure<'permanent_config', 'sender' | 'provider'>
  | Failure<'permanent_content', 'message'>
  | Failure<'unknown', OutcomeScope>
