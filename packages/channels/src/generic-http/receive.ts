import {
  InviteMeError,
  readConsentWord,
  type AnswerInput,
  type FactReference,
  type InboundFact,
  type SendOutcome,
} from '@invite-me/core/channel'
import { createHash } from 'node:crypto'
import { readRawBody, refused } from '../shared/webhook.ts'
import type { InboundDescription } from './inbound-options.ts'
import { atPointer } from './json-pointer.ts'
import { isGenuine } from './verify.ts'

/** What reading a request needs beside its description. */
export interface ReceiveOptions {
  /** Unix ms. */
  readonly now: number
  /** The one spelling of an address, `undefined` for what is none. */
  readonly canonical: (address: string) => string | undefined
}

/** Shortest token that cannot be guessed; ours have 26 letters and digits. */
const shortestToken = 16
/** Most events of one request. */
const mostEvents = 1_000

/**
 * Turns a request of a described system into facts.
 *
 * @throws InviteMeError `WEBHOOK_REFUSED` when it is not genuine · `BODY_TOO_LARGE`, also for more than 1,000 events
 */
export async function receiveEvents(
  request: Request,
  inbound: InboundDescription,
  options: ReceiveOptions,
): Promise<readonly InboundFact[]> {
  const body = await readRawBody(request)
  if (!isGenuine(request.headers, body, inbound.verify, options.now)) throw refused()
  const document = readDocument(body, request.headers.get('content-type') ?? '')
  const found = inbound.list === undefined ? [document] : atPointer(document, inbound.list)
  const events: readonly unknown[] = Array.isArray(found) ? found : []
  // Read in part and thanked for, the rest would be lost.
  if (events.length > mostEvents)
    throw new InviteMeError('BODY_TOO_LARGE', `The request has more than ${String(mostEvents)} events.`, {
      field: 'body',
    })
  const facts = events.map((event) => factOf(event, inbound, options))
  return inbound.verify.by === 'token'
    ? events.map((event, index) => provenByToken(event, inbound, facts[index]))
    : facts
}

/** Without a signature nothing but its token shows that an event comes from where the message went. */
function provenByToken(
  event: unknown,
  inbound: InboundDescription,
  fact: InboundFact | undefined,
): InboundFact {
  const token = inbound.token === undefined ? undefined : atPointer(event, inbound.token)
  if (fact === undefined || typeof token !== 'string' || token.length < shortestToken) throw refused()
  if (fact.kind === 'answer' && fact.reference.by === 'token') return fact
  return ignored(fact, 'without a signature only answers are taken')
}

type FactBase = Pick<InboundFact, 'id' | 'at'>
type Kind = NonNullable<InboundDescription['kind']>['is'][string]

/** An event with everything the description finds in it. */
interface ReadEvent {
  readonly kind: Kind | undefined
  readonly address: string | undefined
  readonly reference: FactReference | undefined
  readonly text: string | undefined
  readonly value: unknown
  readonly failureCode: string | undefined
}

function factOf(
  event: unknown,
  inbound: InboundDescription,
  { canonical, now }: ReceiveOptions,
): InboundFact {
  const textAt = (pointer: string | undefined): string | undefined => {
    const value = pointer === undefined ? undefined : atPointer(event, pointer)
    if (typeof value === 'number') return String(value)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const given = textAt(inbound.address)
  const address = given === undefined ? undefined : canonical(given)
  const read = {
    kind: inbound.kind === undefined ? 'answer' : mapped(inbound.kind.is, textAt(inbound.kind.at)),
    address,
    reference: referenceOf(textAt(inbound.token), textAt(inbound.messageId), address),
    text: textAt(inbound.text),
    value: inbound.value === undefined ? undefined : atPointer(event, inbound.value),
    failureCode: textAt(inbound.failure?.at),
  } as const
  const base = { id: idOf(event, textAt(inbound.id)), at: new Date(now) }
  const consent = consentOf(read, inbound)
  return consent === undefined ? messageFact(base, read, inbound) : consentFact(base, consent, read)
}

/** Whether the event is about being written to at all: of that kind, or by the person's own words. */
function consentOf(
  { address, kind, text }: ReadEvent,
  inbound: InboundDescription,
): 'opted_out' | 'opted_in' | undefined {
  if (kind === 'opted_out' || kind === 'opted_in') return kind
  if (kind !== 'answer' || !inbound.consentWords || text === undefined || address === undefined)
    return undefined
  const word = readConsentWord(text)
  if (word === 'stop') return 'opted_out'
  return word === 'start' ? 'opted_in' : undefined
}

function consentFact(base: FactBase, kind: 'opted_out' | 'opted_in', { address }: ReadEvent): InboundFact {
  return address === undefined
    ? ignored(base, 'it does not say whose address it is about')
    : { ...base, kind, address }
}

function messageFact(base: FactBase, read: ReadEvent, inbound: InboundDescription): InboundFact {
  const { address, failureCode, kind, reference } = read
  if (kind === undefined) return ignored(base, 'an event of a kind that was not described')
  if (reference === undefined) return ignored(base, 'it does not say which message it is about')
  if (kind === 'failed') return { ...base, kind, reference, outcome: failureOf(inbound, failureCode) }
  if (kind === 'delivered' || kind === 'read' || kind === 'complained') return { ...base, kind, reference }
  const input = inputOf(read)
  if (input === undefined) return ignored(base, 'an answer without words or a value')
  return { ...base, kind: 'answer', reference, input, ...(address !== undefined && { from: address }) }
}

function ignored({ at, id }: FactBase, reason: string): InboundFact {
  return { id, at, kind: 'ignored', reason }
}

/** A token names one question of one person, an id one message; an address only whoever has it. */
function referenceOf(
  token: string | undefined,
  providerMessageId: string | undefined,
  address: string | undefined,
): FactReference | undefined {
  if (token !== undefined && token.length >= shortestToken && token.length <= 128)
    return { by: 'token', token }
  if (providerMessageId !== undefined) return { by: 'provider-message', providerMessageId }
  return address === undefined ? undefined : { by: 'address', address }
}

function inputOf({ text, value }: ReadEvent): AnswerInput | undefined {
  if (value !== undefined && value !== null && value !== '')
    return typeof value === 'string' ? { kind: 'option', value } : { kind: 'value', value }
  return text === undefined ? undefined : { kind: 'text', text: text.slice(0, 20_000) }
}

type Failure = Exclude<SendOutcome, { status: 'accepted' | 'unknown' | 'rate_limited' }>

function failureOf({ failure }: InboundDescription, code: string | undefined): Failure {
  const told = {
    detail: 'the system reports that it was not delivered',
    ...(code !== undefined && /^[\w.:-]{1,60}$/.test(code) && { providerCode: code }),
  }
  const status = mapped(failure?.is ?? {}, code) ?? 'permanent_content'
  switch (status) {
    case 'retryable':
      return { ...told, status, scope: 'provider' }
    case 'permanent_recipient':
    case 'opted_out':
      return { ...told, status, scope: 'recipient' }
    case 'permanent_config':
      return { ...told, status, scope: 'sender' }
    case 'permanent_content':
      return { ...told, status, scope: 'message' }
  }
}

function mapped<Meaning>(
  table: Readonly<Record<string, Meaning>>,
  word: string | undefined,
): Meaning | undefined {
  return word !== undefined && Object.hasOwn(table, word) ? table[word] : undefined
}

function idOf(event: unknown, id: string | undefined): string {
  return createHash('sha256')
    .update(id ?? JSON.stringify(event) ?? '')
    .digest('hex')
}

/** JSON, or a web form as an object of texts. */
function readDocument(body: Uint8Array, contentType: string): unknown {
  const text = new TextDecoder().decode(body)
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType))
    return Object.fromEntries(new URLSearchParams(text))
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
