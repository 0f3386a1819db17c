import type { z } from 'zod'
import { parseInput } from './model/parse.ts'
import type { Channel, ChannelSupports } from './ports/channel.ts'

export { InviteMeError, isInviteMeError } from './model/error.ts'
export type { ErrorCode } from './model/error.ts'
export type { AnswerInput, AnswerKind, AnswerOption, AnswerSpec } from './model/answer.ts'
export type { CalendarEntry } from './model/calendar.ts'
export type { InboundFact, FactReference, FactResult } from './model/inbound-fact.ts'
export type { Content, Originator } from './model/message.ts'
export type { RecipientInput } from './model/recipient.ts'
export type { OutcomeClass, OutcomeScope, SendOutcome } from './model/outcome.ts'
export type { LinkPurpose } from './model/response-link.ts'
export type {
  AnswerAction,
  Channel,
  ChannelLimits,
  ChannelRate,
  ChannelSupports,
  EditReason,
  FindResult,
  HandledFact,
  MessageEdit,
  OutboundCalendar,
  OutboundMessage,
  ProbeResult,
  ReceiveContext,
  SendContext,
} from './ports/channel.ts'
export type { Clock } from './ports/clock.ts'
export type { Directory, DirectoryContext } from './ports/directory.ts'
export type { Log } from './ports/log.ts'
export { canBeNumbered } from './rules/answers/option-numbers.ts'
export { readCollidingWord, readConsentWord } from './rules/consent-words.ts'
export type { ConsentWord } from './rules/consent-words.ts'
export { retryAfterMs } from './rules/retry-after.ts'
export { webhookPausesMs } from './rules/webhook-retry.ts'
export { signatureHeaders, verifySignature } from './rules/webhook-signature.ts'
export type { SignedWebhook, SigningKeys, VerifyingKeys } from './rules/webhook-signature.ts'
export { knownZone, writeMoment, writeSpan, zoneName } from './rules/write-moment.ts'

/** What a channel is made of; see {@link defineChannel}. */
export interface ChannelDefinition<Options extends z.ZodType> extends Pick<Channel, 'name' | 'supports'> {
  /** What it can when everything is set up; `create` returns less where options leave something out. */
  readonly supports: ChannelSupports
  /** Options as the host app writes them; mark secrets with `.meta({ secret: true })`, describe each with `.describe()`. */
  readonly options: Options
  /** Makes the channel from parsed options. Opens nothing yet: connections begin with the first send. */
  readonly create: (
    options: z.output<Options>,
  ) => Omit<Channel, 'name' | 'supports'> & Partial<Pick<Channel, 'name' | 'supports'>>
}

/** Makes channels from options, and carries what it was defined with for catalogues and tests. */
export interface ChannelFactory<Options extends z.ZodType> {
  (options: z.input<Options>): Channel
  readonly definition: ChannelDefinition<Options>
}

/**
 * Defines a channel. The result is the function a host app calls with options.
 *
 * @throws InviteMeError `OPTIONS_INVALID` (when called with bad options), naming the field
 * @example
 * export const ntfy = defineChannel({
 *   name: 'ntfy',
 *   options: z.object({ server: z.url() }),
 *   supports: { answers: [], links: true, tokens: ['respond'], reports: [], idempotent: false },
 *   create: ({ server }) => ({ send: async (message, { signal }) => { ... } }),
 * })
 */
export function defineChannel<Options extends z.ZodType>(
  definition: ChannelDefinition<Options>,
): ChannelFactory<Options> {
  const create = (input: z.input<Options>): Channel => {
    const options = parseInput(definition.options, input, {
      code: 'OPTIONS_INVALID',
      what: `Channel "${definition.name}"`,
    })
    return { name: definition.name, supports: definition.supports, ...definition.create(options) }
  }
  return Object.assign(create, { definition })
}
