import type { AnswerKind, AnswerOption, AnswerSpec } from '../model/answer.ts'
import type { CalendarEntry } from '../model/calendar.ts'
import type { FactResult, InboundFact } from '../model/inbound-fact.ts'
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
  /**
   * What `edit` can bring up to date after a message has left: `question` its buttons go and its end is told ·
   * `calendar` its entry in the person's calendar. Absent: nothing.
   */
  readonly edits?: readonly ('question' | 'calendar')[]
  /** True when the engine itself keeps what was sent, in the person's inbox within the host app. */
  readonly inbox?: boolean
}

/** At most `count` in any `perMs` milliseconds, evenly. */
export interface ChannelRate {
  readonly count: number
  readonly perMs: number
}

/** How hard a channel may be driven; each has a default and can be set where the channel is made. */
export interface ChannelLimits {
  /** Sends under way at once (default 10). */
  readonly concurrency?: number
  /** At most `count` sends started in any `perMs`; default no limit. */
  readonly rate?: ChannelRate
  /**
   * A limit of its own within the channel: a chat, a mail domain. Sends with one `key` share one bucket; `undefined`: none.
   * A send whose bucket is empty waits for it without holding up the others.
   */
  readonly bucket?: (address: string) => { readonly key: string; readonly rate: ChannelRate } | undefined
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

/** A calendar entry on its way to one person. */
export interface OutboundCalendar extends CalendarEntry {
  /** Stable for this person and message; letters, digits and `-`. */
  readonly uid: string
  /** Grows with every change of time, place or state (RFC 5545 §3.8.7.4). */
  readonly sequence: number
}

/** A message ready to leave on one route. */
export interface OutboundMessage {
  readonly to: { readonly address: string; readonly name?: string }
  readonly content: Content
  readonly originator: Originator | null
  /** BCP 47, `en` when unknown. */
  readonly locale: string
  /** IANA zone of the person, or of the workspace; moments are told in it. Absent: in UTC. */
  readonly zone?: string
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
  /**
   * Token for the addresses replies and bounces come back to; present when the channel asked for it, for notices too.
   * A new one with every try, except for a message with a calendar entry, whose organizer must stay the same.
   */
  readonly replyToken?: string
  /** The entry for the person's calendar. */
  readonly calendar?: OutboundCalendar
  readonly until: Date | null
}

/** What `send` is given beside the message. */
export interface SendContext {
  /** Stable over every retry of this message on this route; letters, digits, `.` and `-`. */
  readonly idempotencyKey: string
  /** Tries before this one on the same route, from 0. */
  readonly attempt: number
  /** Aborts when the deadline of this attempt has passed or the engine stops. */
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly log: Log
}

/** Why a message that has left is brought up to date. */
export type EditReason =
  /** Somebody answered; `value` as the host app gets it, `via` the channel it came by, `portal` or `api`. */
  | {
      readonly kind: 'answered'
      readonly value: unknown
      readonly isDeclined: boolean
      readonly via: string
    }
  /** The deadline has passed, or the question was called off. */
  | { readonly kind: 'expired' | 'cancelled' }
  /** Its calendar entry has changed. */
  | { readonly kind: 'updated' }

/** A message that left earlier and is to be brought up to date where it is. */
export interface MessageEdit {
  /** What `send` returned for it. */
  readonly providerMessageId: string
  /** The message as it was sent; `answer.actions` is empty and `links` are absent, since they are over. */
  readonly message: OutboundMessage
  readonly reason: EditReason
  /** What to say about it, one line in the person's language: `Answered: Yes`. */
  readonly notice: string
}

/** What `find` learned about a message that may have been sent. */
export type FindResult =
  | { readonly status: 'found'; readonly providerMessageId: string; readonly detail?: string }
  /** The provider certainly does not have it: sending it is no duplicate. */
  | { readonly status: 'absent' }
  /** It cannot be told, or not yet. */
  | { readonly status: 'unknown'; readonly detail?: string }

/** A fact the channel brought in, and what the engine made of it. */
export interface HandledFact {
  readonly fact: InboundFact
  readonly result: FactResult
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
  /**
   * Whether a text without a channel's name is certainly an address of this medium, so that `ask('ann@guests.test', …)` goes
   * this way. Absent: whatever `address` takes.
   */
  recognises?(text: string): boolean
  /** Hands one message to the provider. Returns trouble as a value and throws only on its own bugs. */
  send(message: OutboundMessage, context: SendContext): Promise<SendOutcome>
  /**
   * Turns what the provider or a person sent us into facts. Verifies the signature on the raw bytes first.
   * @throws InviteMeError `WEBHOOK_REFUSED` when it is not genuine
   */
  receive?(request: Request, context: ReceiveContext): Promise<readonly InboundFact[]>
  /**
   * Answers the request `receive` read, once its facts are recorded: tells the person in the medium's own way what became of
   * their answer, and makes the response its provider expects. Absent or `undefined`: 204. Must end within a few seconds,
   * and throws only on its own bugs.
   */
  acknowledge?(handled: readonly HandledFact[], context: ReceiveContext): Promise<Response | undefined>
  /** Brings a message that has left up to date; see `supports.edits`. Doing it twice is doing it once. */
  edit?(edit: MessageEdit, context: SendContext): Promise<SendOutcome>
  /**
   * Looks at the provider whether a message that may have been sent really was, before it is sent again.
   * @param context `since`: when its first try began
   */
  find?(message: OutboundMessage, context: SendContext & { readonly since: Date }): Promise<FindResult>
  /** The address a person opens to connect this medium to their profile; it brings `token` back as a fact `connected`. */
  connectUrl?(token: string): string | Promise<string>
  /** How many text messages a text is sent as, for media that count so. */
  segments?(text: string): number
  /** Checks credentials and connection without sending anything. */
  probe?(signal: AbortSignal): Promise<ProbeResult>
  /** Releases connections; may be called twice. */
  close?(): Promise<void>
}
