import type { AnswerInput } from '../model/answer.ts'
import type { FactReference, InboundFact } from '../model/inbound-fact.ts'
import type { OutcomeClass, SendOutcome } from '../model/outcome.ts'
import type {
  Channel,
  ChannelLimits,
  ChannelSupports,
  MessageEdit,
  OutboundMessage,
  SendContext,
} from '../ports/channel.ts'
import { inboundRequest, readInboundRequest } from './inbound-request.ts'
import { sampleOutcomes } from './sample-outcomes.ts'

/** One message a channel was handed, whatever became of it. */
export interface OutboxEntry {
  readonly channel: string
  readonly at: Date
  readonly idempotencyKey: string
  readonly message: OutboundMessage
  /** What the channel reported; `undefined` while it has not. */
  readonly outcome: SendOutcome | undefined
}

/**
 * What a scripted channel does with one message: an outcome, a typical one by its class's name, `hang` until it is called
 * off, `throw` as a faulty adapter does, or whatever a function makes of the message.
 */
export type ScriptStep =
  | SendOutcome
  | OutcomeClass
  | 'hang'
  | 'throw'
  | ((message: OutboundMessage, context: SendContext) => SendOutcome | Promise<SendOutcome>)

/** How a scripted channel is made. */
export interface ScriptedChannelOptions {
  readonly name: string
  /** What it can do; members not given: every answer but a form, links, every token, reports delivered and read. */
  readonly supports?: Partial<ChannelSupports>
  readonly limits?: ChannelLimits
  /** Checks addresses; default any address is taken as it is. */
  readonly address?: Channel['address']
  /** Looks for what may have been sent; default it cannot. */
  readonly find?: Channel['find']
}

/** How an inbound fact differs from the usual one. */
export interface FactOptions {
  /** Default a new one each time; give the same twice to have a webhook repeated. */
  readonly id?: string
  /** Address an answer comes from; default the one the message went to. */
  readonly from?: string
}

/** To what an inbound fact refers: a message that was sent, or an address. */
export type FactSubject = OutboxEntry | string

/** A channel whose provider is a script; no network, no time of its own. */
export interface ScriptedChannel extends Channel {
  /** Every message handed to it, oldest first, also those it refused. */
  readonly outbox: readonly OutboxEntry[]
  /** Every edit handed to it, oldest first; it has `edit` when `supports.edits` is given. */
  readonly edited: readonly MessageEdit[]
  /** What it does with the next messages, one step each; afterwards it accepts again, or fails while {@link failAlways} holds. */
  script(steps: readonly ScriptStep[]): void
  /** Does this with every message until `mend`. */
  failAlways(step: ScriptStep): void
  /** Accepts from now on, whatever was scripted; sends that hang go on hanging. */
  mend(): void
  /** A request that brings a person's words. */
  reply(subject: FactSubject, text: string, options?: FactOptions): Request
  /** A request that brings a pressed button. */
  press(subject: FactSubject, value: string, options?: FactOptions): Request
  /** A request by which the provider says that a message arrived or was read. */
  report(subject: FactSubject, kind: 'delivered' | 'read', options?: FactOptions): Request
  /** A request by which the provider takes its acceptance back. */
  bounce(
    subject: FactSubject,
    outcome?: Exclude<SendOutcome, { status: 'accepted' | 'unknown' }>,
    options?: FactOptions,
  ): Request
  /** A request by which a person says stop, or takes it back. */
  consent(address: string, kind: 'opted_out' | 'opted_in', options?: FactOptions): Request
}

const defaultSupports: ChannelSupports = {
  answers: ['yesNo', 'choice', 'text', 'number', 'date', 'rsvp'],
  links: true,
  tokens: ['respond', 'unsubscribe', 'reply'],
  reports: ['delivered', 'read'],
  idempotent: false,
}

/**
 * Makes a channel whose provider is a script: it keeps what it was handed and answers as told, `accepted` by default.
 *
 * @example
 * const telegram = scriptedChannel({ name: 'telegram' })
 * telegram.script(['retryable', 'accepted'])
 */
export function scriptedChannel({
  name,
  supports,
  limits,
  address,
  find,
}: ScriptedChannelOptions): ScriptedChannel {
  const outbox: OutboxEntry[] = []
  const edited: MessageEdit[] = []
  const steps: ScriptStep[] = []
  let always: ScriptStep = 'accepted'
  let messages = 0
  let facts = 0

  const request = (
    fact: DistributiveOmit<InboundFact, 'id' | 'at'>,
    { id = `${name}-fact-${String((facts += 1))}` }: FactOptions,
    at: Date,
  ): Request => inboundRequest(name, [{ ...fact, id, at }])
  const answer = (subject: FactSubject, input: AnswerInput, options: FactOptions): Request => {
    const from = options.from ?? (typeof subject === 'string' ? subject : subject.message.to.address)
    return request(
      { kind: 'answer', reference: referenceTo(subject), input, from },
      options,
      momentOf(subject),
    )
  }

  return {
    name,
    supports: { ...defaultSupports, ...supports },
    ...(limits !== undefined && { limits }),
    ...(address !== undefined && { address }),
    ...(find !== undefined && { find }),
    ...(supports?.edits !== undefined && {
      edit: async (change: MessageEdit) => {
        edited.push(change)
        return { status: 'accepted' as const }
      },
    }),
    outbox,
    edited,
    script: (more) => {
      steps.push(...more)
    },
    failAlways: (step) => {
      always = step
    },
    mend: () => {
      steps.length = 0
      always = 'accepted'
    },
    send: async (message, context) => {
      const { idempotencyKey, clock } = context
      const at = outbox.length
      const entry = { channel: name, at: new Date(clock.now()), idempotencyKey, message, outcome: undefined }
      outbox.push(entry)
      const outcome = await perform(steps.shift() ?? always, message, context)
      const told =
        outcome.status === 'accepted'
          ? { providerMessageId: `${name}-${String((messages += 1))}`, ...outcome }
          : outcome
      outbox[at] = { ...entry, outcome: told }
      return told
    },
    receive: (inbound) => readInboundRequest(name, inbound),
    reply: (subject, text, options = {}) => answer(subject, { kind: 'text', text }, options),
    press: (subject, value, options = {}) => answer(subject, { kind: 'option', value }, options),
    report: (subject, kind, options = {}) =>
      request({ kind, reference: referenceTo(subject) }, options, momentOf(subject)),
    bounce: (subject, outcome = sampleOutcomes.permanent_recipient, options = {}) =>
      request({ kind: 'failed', reference: referenceTo(subject), outcome }, options, momentOf(subject)),
    consent: (of, kind, options = {}) => request({ kind, address: of }, options, momentOf(of)),
  }
}

type DistributiveOmit<Union, Member extends PropertyKey> = Union extends unknown ? Omit<Union, Member> : never

async function perform(
  step: ScriptStep,
  message: OutboundMessage,
  context: SendContext,
): Promise<SendOutcome> {
  if (typeof step === 'function') return step(message, context)
  if (typeof step === 'object') return step
  if (step === 'throw') throw new Error('The script says that this adapter is faulty.')
  return step === 'hang' ? hang(context.signal) : sampleOutcomes[step]
}

/** Never answers by itself; when it is called off nobody knows what the provider did with it. */
function hang(signal: AbortSignal): Promise<SendOutcome> {
  return new Promise((resolve) => {
    const giveUp = (): void => {
      resolve(sampleOutcomes.unknown)
    }
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp, { once: true })
  })
}

/** By the provider's id of a message it took; one it may have taken is known by its reply token or its address. */
function referenceTo(subject: FactSubject): FactReference {
  if (typeof subject === 'string') return { by: 'address', address: subject }
  const { message, outcome } = subject
  if (outcome?.status === 'accepted' && outcome.providerMessageId !== undefined)
    return { by: 'provider-message', providerMessageId: outcome.providerMessageId }
  return message.replyToken === undefined
    ? { by: 'address', address: message.to.address }
    : { by: 'token', token: message.replyToken }
}

function momentOf(subject: FactSubject): Date {
  return typeof subject === 'string' ? new Date(0) : subject.at
}
