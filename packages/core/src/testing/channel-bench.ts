import assert from 'node:assert/strict'
import { setTimeout as setRealTimeout, clearTimeout as clearRealTimeout } from 'node:timers'
import { isInviteMeError } from '../model/error.ts'
import type { AnswerKind, AnswerSpec } from '../model/answer.ts'
import { outcomeClassSchema, outcomeScopeSchema, type SendOutcome } from '../model/outcome.ts'
import type { Channel, OutboundMessage, ReceiveContext, SendContext } from '../ports/channel.ts'
import type { Clock } from '../ports/clock.ts'

/** What a provider can be told to do with messages instead of taking them. */
export const providerTroubles = [
  /** Says: too many, come back later. */
  'too_many',
  /** Says: out of order, try again (HTTP 503, SMTP 421). */
  'unwell',
  /** Cuts the connection before the message is out. */
  'cut_before',
  /** Cuts the connection after the last byte, without an answer. */
  'cut_after',
  /** Never answers. */
  'silent',
  /** Says: there is no such address. */
  'no_such_address',
  /** Says: this person wants nothing from you. */
  'said_stop',
  /** Says: wrong credentials or sender. */
  'not_allowed',
  /** Says: not this text. */
  'bad_text',
] as const
/** See {@link providerTroubles}. */
export type ProviderTrouble = (typeof providerTroubles)[number]

/** A provider that does as it is told: a local server, or whatever the channel talks to. */
export interface ScriptedProvider {
  /** From now on it meets every message like this; `well`: takes it. */
  answer(how: 'well' | ProviderTrouble): void
  /** What it took in full, a text each as people would read it, with whatever else could carry what they must not. */
  received(): readonly string[] | Promise<readonly string[]>
  /**
   * What messages it took say after they were brought up to date, newest first, a text each as people would read it, with
   * `[label]` for each button that is left. Needed when the channel declares `edits`.
   */
  edited?(): readonly string[] | Promise<readonly string[]>
  close?(): Promise<void>
}

/** What a channel question works on. */
export interface ChannelBench {
  readonly provider: ScriptedProvider
  readonly channel: Channel
  /** A further channel with the same options. */
  another(): Channel
  /** An address the provider takes. */
  readonly address: string
  /** Addresses that must be refused. */
  readonly badAddresses: readonly string[]
  /** A secret among the channel's options; `undefined` when it has none. */
  readonly secret: string | undefined
  /** Makings of a channel that must be refused, by the field that is wrong. */
  readonly badOptions: Readonly<Record<string, () => unknown>>
  /** The troubles this provider can have. */
  readonly troubles: readonly ProviderTrouble[]
  readonly webhooks: SampleWebhooks | undefined
}

/** Requests as the provider sends them; a new one each time. */
export interface SampleWebhooks {
  /** One that brings at least one fact. */
  genuine(): Request
  /** The same, changed on its way. */
  forged(): Request
  /** One the channel has no use for. */
  unknown(): Request
}

/** Longest time any single call of a channel may take here. */
const mostMs = 5_000

/** The machine's clock. */
const wallClock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, run) => {
    const timer = setRealTimeout(run, delayMs)
    return () => {
      clearRealTimeout(timer)
    }
  },
}

/** Fails when a promise takes longer than it may. */
export async function within<Result>(what: string, promise: Promise<Result>, ms = mostMs): Promise<Result> {
  let callOff = (): void => undefined
  const late = new Promise<never>((_resolve, reject) => {
    callOff = wallClock.schedule(ms, () => {
      reject(new assert.AssertionError({ message: `${what} took longer than ${String(ms)} ms` }))
    })
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    callOff()
  }
}

/** A log that keeps what it is told. */
export interface KeptLog {
  readonly lines: string[]
  readonly context: ReceiveContext
}

/** A context for `receive`, and what was logged. */
export function keptLog(): KeptLog {
  const lines: string[] = []
  const keep = (message: string, fields?: Readonly<Record<string, unknown>>): void => {
    lines.push(`${message} ${JSON.stringify(fields ?? {})}`)
  }
  return { lines, context: { clock: wallClock, log: { warn: keep, error: keep } } }
}

/** What may differ from an ordinary send. */
export interface SendChanges {
  readonly message?: Partial<OutboundMessage>
  readonly key?: string
  readonly signal?: AbortSignal
  readonly log?: KeptLog
}

let keys = 0

/** Sends a message as the engine does, and checks that what comes back is an outcome. */
export async function send(
  bench: Pick<ChannelBench, 'address'>,
  channel: Channel,
  { message, key = `contract-${String((keys += 1))}.0.0`, signal, log = keptLog() }: SendChanges = {},
): Promise<SendOutcome> {
  const context: SendContext = {
    ...log.context,
    idempotencyKey: key,
    attempt: 0,
    signal: signal ?? new AbortController().signal,
  }
  const outcome = await within('send', channel.send(sampleOutbound(bench.address, message), context))
  assert.ok(
    outcomeClassSchema.safeParse(outcome.status).success,
    `"${outcome.status}" is no class of outcomes`,
  )
  if (outcome.status !== 'accepted')
    assert.ok(outcomeScopeSchema.safeParse(outcome.scope).success, 'a failure says whom it speaks about')
  return outcome
}

/** A text that stands in every sample message, to be found again where it must not be. */
export const sampleText = 'Dinner on Friday at 8? (nobody else may read this)'
/** Where the sample's links lead. */
export const sampleLinks = {
  respond: 'https://portal.test/r/7h2k9qsampletoken4d8w3e6r5',
  unsubscribe: 'https://portal.test/u/7h2k9qsampletoken4d8w3e6r5',
}

/** A yes-or-no question as the engine hands it over. */
export function sampleOutbound(address: string, changes: Partial<OutboundMessage> = {}): OutboundMessage {
  return {
    to: { address, name: 'Ann Lee' },
    content: { text: sampleText },
    originator: { name: 'Anna' },
    locale: 'en',
    category: 'invitation',
    purpose: 'message',
    answer: sampleAnswer('yesNo'),
    links: sampleLinks,
    replyToken: '7h2k9qsampletoken4d8w3e6r5',
    until: null,
    ...changes,
  }
}

const specs: Readonly<Record<AnswerKind, AnswerSpec>> = {
  yesNo: { type: 'yesNo' },
  choice: {
    type: 'choice',
    options: ['Pasta', 'Pizza'].map((label) => ({ value: label.toLowerCase(), label })),
    multiple: false,
  },
  text: { type: 'text', maxLength: 200 },
  number: { type: 'number', min: 1, max: 9, integer: true },
  date: { type: 'date', earliest: '2026-11-27' },
  rsvp: { type: 'rsvp', maxParty: 4 },
  form: { type: 'form', schema: { type: 'object', properties: { name: { type: 'string' } } } },
}
/** Every answer type's name. */
export const answerKinds = Object.keys(specs) as readonly AnswerKind[]

/** A wanted answer of a type, with its buttons. */
export function sampleAnswer(kind: AnswerKind): NonNullable<OutboundMessage['answer']> {
  const labels: Partial<Record<AnswerKind, readonly string[]>> = {
    yesNo: ['Yes', 'No'],
    choice: ['Pasta', 'Pizza'],
    rsvp: ['Yes', 'No', 'Maybe'],
  }
  const actions = (labels[kind] ?? []).map((label) => {
    const value = label.toLowerCase()
    return { value, label, url: `${sampleLinks.respond}?a=${value}` }
  })
  return { spec: specs[kind], actions }
}

/** What an error of ours says; fails for any other. */
export function messageOfOurs(error: unknown): string {
  assert.ok(isInviteMeError(error), `an InviteMeError is expected, not ${String(error)}`)
  return error.message
}
