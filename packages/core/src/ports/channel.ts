import type { AnswerKind, AnswerOption, AnswerSpec } from '../model/answer.ts'
import type { InboundFact } from '../model/inbound-fact.ts'
import type { Content, Originator } from '../model/message.ts'
import type { SendOutcome } from '../model/outcome.ts'
import type { LinkPurpose } from '../model/response-link.ts'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'

/** What a channel can do, as data; everything not declared is not used. */
export interface ChannelSupports {
  /** Answer types the medium carries by itself (buttons, replies); others need a link. */
  readonly answers: readonly AnswerKind[]
  /** True when a person can follow a link in the text. */
  readonly links: boolean
  /** Tokens the engine mints for each message of this channel; `reply` is for the address replies and bounces come back to. */
  readonly tokens: readonly LinkPurpose[]
  /** What the provider reports later, beyond accepting. */
  readonly reports: readonly ('delivered' | 'read')[]
  /** True when the provider refuses to send twice under one idempotency key. */
  readonly idempotent: boolean
  /** Longest text in characters; longer ones are refused by `send` as `permanent_content`. */
  readonly maxTextLength?: number
}

/** How hard a channel may be driven; each has a default and can be set where the channel is made. */
export interface ChannelLimits {
  /** Sends under way at once (default 10). */
  readonly concurrency?: number
  /** At most `count` sends started in any `perMs`; default no limit. */
  readonly rate?: { readonly count: number; readonly perMs: number }
  /** Longest wait for one send (default 30,000 ms); afterwards it is `unknown`. */
  readonly timeoutMs?: number
}

/** One way to answer with a tap: a button, or a line with a link. */
export interface AnswerAction extends AnswerOption {
  /**
   * Portal page with this answer chosen; opening it changes nothing until the person confirms. Absent without a portal:
   * then only a medium with buttons of its own can offer it.
   */
  readonly url?: string
}

/** A message ready to leave on one route. */
export interface OutboundMessage {
  readonly to: { readonly address: string; readonly name?: string }
  readonly content: Content
  readonly originator: Originator | null
  /** BCP 47, `en` when unknown. */
  readonly locale: string
  readonly category: string
  /** `reminder` when the same question was sent before and nobody answered. */
  readonly purpose: 'message' | 'reminder'
  /** The wanted answer; absent for a notice. */
  readonly answer?: {
    readonly spec: AnswerSpec
    /** Buttons for yes/no, choice and rsvp; empty for the types that need a form or words. */
    readonly actions: readonly AnswerAction[]
  }
  /** Pages of the portal; a purpose is present when the channel asked for its token and a portal address is configured. */
  readonly links: { readonly respond?: string; readonly unsubscribe?: string }
  /** Token for the addresses replies and bounces come back to; present when the channel asked for it, for notices too. */
  readonly replyToken?: string
  readonly until: Date | null
}

/** What `send` is given beside the message. */
export interface SendContext {
  /** Stable over every retry of this message on this route; letters, digits, `.` and `-`. */
  readonly idempotencyKey: string
  /** Aborts when the deadline of this attempt has passed or the engine stops. */
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly log: Log
}

/** What `receive` is given beside the request. */
export interface ReceiveContext {
  readonly clock: Clock
  readonly log: Log
}

/** What `probe` found: whether the channel could send now, without sending. */
export type ProbeResult =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly detail: string }

/** A medium's adapter. Three members are required; the others are powers it may have. */
export interface Channel {
  /** `twilio-sms`; equals the adapter's file name. */
  readonly name: string
  readonly supports: ChannelSupports
  readonly limits?: ChannelLimits
  /**
   * Checks an address of this medium and puts it in its one canonical spelling; absent: any address is taken as it is.
   * @returns the address to use, or why it cannot be one (without repeating it)
   */
  address?(
    raw: string,
  ): { readonly ok: true; readonly address: string } | { readonly ok: false; readonly reason: string }
  /** Hands one message to the provider. Returns trouble as a value and throws only on its own bugs. */
  send(message: OutboundMessage, context: SendContext): Promise<SendOutcome>
  /**
   * Turns what the provider or a person sent us into facts. Verifies the signature on the raw bytes first.
   * @throws InviteMeError `WEBHOOK_REFUSED` when it is not genuine
   */
  receive?(request: Request, context: ReceiveContext): Promise<readonly InboundFact[]>
  /** Checks credentials and connection without sending anything. */
  probe?(signal: AbortSignal): Promise<ProbeResult>
  /** Releases connections; may be called twice. */
  close?(): Promise<void>
}
