import { z } from 'zod'
import type { AnswerSpec, AnswerType } from './answer.ts'
import { calendarSchema } from './calendar.ts'
import { durationSchema, type Duration } from './duration.ts'
import { laneSchema, type Lane } from './lane.ts'
import { categorySchema } from './preference.ts'
import { quorumSchema, type QuorumInput } from './quorum.ts'
import { addressSchema, lineSchema } from './recipient.ts'
import { channelNameSchema } from './route.ts'
import { templateNameSchema, type TemplateMark } from './template.ts'

/** Most characters a message's text may have; longer things belong behind a link. */
export const maxTextLength = 20_000

const prose = (what: string, most: number) =>
  z
    .string()
    .trim()
    .min(1, `${what} must not be empty`)
    // Written when it is needed: the first formatted number of a process takes 30 ms.
    .max(most, {
      error: () =>
        `${what} has at most ${most.toLocaleString('en')} characters; put longer things behind a link`,
    })
    // Control characters other than tab and line feed break mail, terminals and XML.
    .transform((value) => value.replaceAll('\r\n', '\n').replace(/[\0-\b\v-\x1f\x7f]/g, ''))

/**
 * What is said: the text (a question for an invitation), an optional subject line, longer details for the portal page, and an
 * entry for the calendar where the medium can carry one.
 */
export const contentSchema = z.object({
  subject: lineSchema.min(1).optional(),
  text: prose('the text', maxTextLength),
  details: prose('the details', maxTextLength).optional(),
  calendar: calendarSchema.optional(),
})
/** What is said, after validation; see {@link contentSchema}. */
export type Content = z.infer<typeof contentSchema> & {
  /** Of a message made of a template: which one. Its `text` is the template's own, and each person is sent words of their own. */
  readonly template?: TemplateMark
}
/** What is said, as the host app writes it: its parts, or a template with its variables. */
export type ContentInput = z.input<typeof contentSchema> | TemplatedInput

/** What is said by a template that was saved before. */
export interface TemplatedInput {
  readonly template: string
  /** Default the newest when the message is accepted. */
  readonly version?: number
  /** Values for everybody; dates may be `Date`. */
  readonly variables?: Readonly<Record<string, unknown>>
  /** When a value is missing for somebody: they are not written to (`refuse`), or it is left out. Default by the policy. */
  readonly missingVariable?: 'refuse' | 'empty'
  readonly calendar?: z.input<typeof calendarSchema>
}

const templatedSchema = z.strictObject({
  template: templateNameSchema,
  version: z.int().min(1).optional(),
  // Read as plain JSON when the request is.
  variables: z.record(z.string(), z.unknown()).default({}),
  missingVariable: z.enum(['refuse', 'empty']).optional(),
  calendar: calendarSchema.optional(),
})
/** A {@link TemplatedInput} after validation. */
export type TemplatedContent = z.output<typeof templatedSchema>

/** Who asks, as the person who gets the message sees it. */
export const originatorSchema = z.object({
  name: lineSchema.min(1),
  details: prose('the originator details', 2_000).optional(),
})
/** See {@link originatorSchema}. */
export type Originator = z.infer<typeof originatorSchema>

/** Somebody without a profile: addresses by channel; the workspace's order decides which comes first. */
export const bareRecipientSchema = z.object({
  name: lineSchema.optional(),
  locale: z.string().max(35).optional(),
  routes: z
    .record(channelNameSchema, addressSchema)
    .refine((routes) => Object.keys(routes).length > 0, 'give at least one address'),
})

/** A known recipient's `externalId`, or a bare address (`ann@guests.test`) when no recipient has that id. */
const toSchema = z.union([addressSchema, bareRecipientSchema])
/** To whom: an `externalId`, a bare address, or `{ name, routes: { email: '…' } }` for somebody without a profile. */
export type To = z.input<typeof toSchema>
/** A {@link To} after validation. */
export type ResolvedTo = z.output<typeof toSchema>

const nextSchema = z
  .strictObject({
    unlessAccepted: z.literal(true).optional(),
    unlessDelivered: durationSchema.optional(),
    unlessSeen: durationSchema.optional(),
    unlessAnswered: durationSchema.optional(),
  })
  .refine(
    (next) => Object.values(next).filter((value) => value !== undefined).length === 1,
    'name exactly one of unlessAccepted, unlessDelivered, unlessSeen, unlessAnswered',
  )

/** When to go on to the next route: `{ unlessAnswered: '30m' }`. Exactly one member. */
export type Next =
  | { readonly unlessAccepted: true }
  | { readonly unlessDelivered: Duration }
  | { readonly unlessSeen: Duration }
  | { readonly unlessAnswered: Duration }

const viaSchema = z.union([
  channelNameSchema.transform((channel) => ({ channel, next: undefined })),
  z.strictObject({ channel: channelNameSchema, next: nextSchema.optional() }),
])

const momentSchema = z.union([z.date(), z.string().min(1)])

/** What every message may say about its way; shared by notices and invitations. */
const messageOptionsShape = {
  via: z.array(viaSchema).min(1, 'via must name at least one channel').max(20).optional(),
  next: nextSchema.optional(),
  routing: z.enum(['fallback', 'all']).optional(),
  until: momentSchema.optional(),
  key: z.string().min(1).max(200).optional(),
  category: categorySchema.optional(),
  lane: laneSchema.optional(),
  from: originatorSchema.optional(),
  onUnknown: z.enum(['resend', 'assume-sent']).optional(),
  urgency: z.enum(['immediate', 'window']).optional(),
  deliverBy: z.enum(['break', 'expire']).optional(),
}

/** Validates the options of `send`. */
export const sendOptionsSchema = z.strictObject(messageOptionsShape)

/** Validates the options of `ask`, less the answer type, which is checked by its own schema. */
export const askOptionsSchema = z.strictObject({
  ...messageOptionsShape,
  remind: z.array(durationSchema).max(10).optional(),
  capability: z.enum(['link', 'native']).optional(),
  quorum: quorumSchema.optional(),
})

/** Validates who and what of both. */
export const messageRequestSchema = z.object({
  to: z.array(toSchema).min(1, 'name at least one recipient').max(100_000),
  content: z.union([
    prose('the text', maxTextLength).transform((value): Content => ({ text: value })),
    templatedSchema,
    contentSchema
      .extend({ template: z.undefined({ error: 'give a text or a template, not both' }).optional() })
      .transform(({ template: _none, ...content }): Content => content),
  ]),
})

/** Options of `send`; all optional. */
export interface SendOptions {
  /** Channels to use, best first; default the person's own order, then the workspace's. */
  readonly via?: readonly (string | { readonly channel: string; readonly next?: Next })[]
  /** When to go on to the next route; default `{ unlessAccepted: true }`. */
  readonly next?: Next
  /** `fallback` (default) tries one route after another, `all` uses every open route at once. */
  readonly routing?: 'fallback' | 'all'
  /**
   * The deadline: nothing is sent and no answer counts after it. A `Date`, an ISO time (without an offset it is read in
   * the workspace's zone), or a length of time from now such as `'2d'`.
   */
  readonly until?: Date | string
  /** Idempotency key, kept for ever: the same key and request give the same message, another request is refused. */
  readonly key?: string
  /** Default `invitation` for `ask`, `notice` for `send`. People can switch categories off. */
  readonly category?: string
  /** Priority 1–6; default 1 for the categories verification, security and live-event, else 2. */
  readonly lane?: Lane
  /** Who asks, shown to the person; default the workspace's `from`. */
  readonly from?: Originator
  /** What to do when a provider may or may not have sent it: `resend` (default, at least once) or `assume-sent`. */
  readonly onUnknown?: 'resend' | 'assume-sent'
  /**
   * `immediate`: at any hour. `window`: in the hours of each person; default by the category (verification, security and live-event
   * are immediate). Nothing waits for people whose zone is not known.
   */
  readonly urgency?: 'immediate' | 'window'
  /** When a person's hours begin only after the deadline: `break` (default) sends all the same, `expire` does not send. */
  readonly deliverBy?: 'break' | 'expire'
}

/** Options of `ask`. */
export interface AskOptions<Value> extends SendOptions {
  /** The expected answer: `yesNo()`, `choice([...])`, `text()`, `number()`, `date()`, `rsvp()` or `form(zodObject)`. */
  readonly answer: AnswerType<Value>
  /** Reminders, each counted from the first acceptance, sent on the route that was last accepted, while nobody answered. */
  readonly remind?: readonly Duration[]
  /** `link` (default): a link makes any text route able to carry any answer. `native`: only routes that can themselves. */
  readonly capability?: 'link' | 'native'
  /**
   * How many answers are enough, of which kind (`of`, default a yes where there is one, else any), and what happens then: `tell`
   * announces `question.quorum_reached`, `close` also calls it off for all who have not answered.
   */
  readonly quorum?: QuorumInput
}

/** A stored message: what was asked to be sent, for all its recipients. */
export interface Message {
  readonly id: string
  readonly content: Content
  readonly category: string
  readonly lane: Lane
  readonly routing: 'fallback' | 'all'
  readonly answer: AnswerSpec | null
  readonly originator: Originator | null
  readonly onUnknown: 'resend' | 'assume-sent'
  readonly urgency: 'immediate' | 'window'
  readonly deliverBy: 'break' | 'expire'
  /** Milliseconds after the first acceptance, ascending. */
  readonly remindersMs: readonly number[]
  readonly until: Date | null
  readonly key: string | null
  /** W3C Trace Context of the request that made it; `null` when nothing was traced. */
  readonly trace: string | null
  readonly createdAt: Date
}
