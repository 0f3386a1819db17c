import { readCollidingWord, readConsentWord, type InboundFact } from '@invite-me/core/channel'
import type { AboutMessage, WebhookFields } from './webhook-fields.ts'

/** What a medium of Twilio's has of its own. */
export interface Medium {
  /** Stands before a number: nothing for SMS, `whatsapp:`. */
  readonly scheme: '' | 'whatsapp:'
  /** Whether carriers and Twilio take STOP, HELP and the like into their own hands. */
  readonly hasCarrierWords: boolean
  /** Numbers of ours, without scheme. */
  readonly ownNumbers: readonly (string | undefined)[]
  readonly messagingServiceSid: string | undefined
}

/**
 * Reads what a person wrote: words for the newest open question, a pressed button, or a wish about messages as such.
 *
 * `OptOutType` (Advanced Opt-Out) tells what Twilio took the words for, in any language; without it the words that carriers
 * know decide. `CANCEL` and its like may be both: the number is blocked by then, and the words may be an answer.
 *
 * @see https://www.twilio.com/docs/messaging/guides/webhook-request (fields, seen 2026-11-22)
 */
export function replyFacts({ fields, nowMs, sid }: AboutMessage, medium: Medium): readonly InboundFact[] {
  const base = { id: sid, at: new Date(nowMs) }
  const ignored = (reason: string): readonly InboundFact[] => [{ ...base, kind: 'ignored', reason }]
  const from = numberOf(fields.get('From'), medium)
  if (!isForUs(fields, medium)) return ignored('it did not come to a number of ours')
  if (from === undefined) return ignored('it did not come from a phone number')
  const wish = readWish(fields, medium)
  if (wish === 'help') return ignored('a request for help, which Twilio answers itself')
  if (wish === undefined) return [answerFact(fields, { ...base, from })]
  const isClear = clearWish(fields) === wish
  const consent: InboundFact = {
    ...base,
    id: `${sid}:${wish}`,
    kind: wish === 'stop' ? 'opted_out' : 'opted_in',
    address: from,
  }
  // A YES that was also taken for an opt-in is an answer like any other.
  const onlyIfClear = readCollidingWord(textOf(fields)) !== 'start'
  const answer = answerFact(fields, { ...base, from })
  if (isClear) return [consent]
  return [consent, answer.kind === 'answer' && onlyIfClear ? { ...answer, onlyIfClear } : answer]
}

type Wish = 'stop' | 'start' | 'help'

const optOutTypes: Readonly<Record<string, Wish>> = { STOP: 'stop', START: 'start', HELP: 'help' }

function readWish(fields: WebhookFields, { hasCarrierWords }: Medium): Wish | undefined {
  const told = optOutTypes[fields.get('OptOutType')?.toUpperCase() ?? '']
  if (told !== undefined || isPressed(fields)) return told
  const word = clearWish(fields)
  // Nobody answers it where there is no carrier, so the engine does, as to any words it does not understand.
  if (word === 'help' && !hasCarrierWords) return undefined
  // Never `start`: YES alone subscribes nobody again.
  return word ?? (hasCarrierWords && readCollidingWord(textOf(fields)) === 'stop' ? 'stop' : undefined)
}

function clearWish(fields: WebhookFields): Wish | undefined {
  return isPressed(fields) ? undefined : readConsentWord(textOf(fields))
}

interface Answerer {
  readonly id: string
  readonly at: Date
  readonly from: string
}

function answerFact(fields: WebhookFields, { from, ...base }: Answerer): InboundFact {
  const fact = { ...base, reference: referenceOf(fields, from), from }
  if (isPressed(fields))
    return { ...fact, kind: 'answer', input: { kind: 'option', value: fields.get('ButtonPayload') ?? '' } }
  const text = textOf(fields)
  // A picture alone is no answer to anything we ask, but whoever sent it wanted to say something.
  if (text === '') return { ...fact, kind: 'proposed', text: describeMedia(fields) }
  return { ...fact, kind: 'answer', input: { kind: 'text', text } }
}

/** WhatsApp tells which message is replied to; a text message has no thread. */
function referenceOf(fields: WebhookFields, from: string) {
  const repliedTo = fields.get('OriginalRepliedMessageSid') ?? ''
  return /^[A-Z]{2}[0-9a-fA-F]{32}$/.test(repliedTo)
    ? ({ by: 'provider-message', providerMessageId: repliedTo } as const)
    : ({ by: 'address', address: from } as const)
}

/** What a button of a template carries: the option's value. */
function isPressed(fields: WebhookFields): boolean {
  return /^[\p{L}\p{N}_.-]{1,64}$/u.test(fields.get('ButtonPayload') ?? '')
}

function textOf(fields: WebhookFields): string {
  return (fields.get('Body') ?? fields.get('ButtonText') ?? '').trim()
}

function describeMedia(fields: WebhookFields): string {
  const count = Number(fields.get('NumMedia') ?? '0')
  const types = Array.from({ length: Math.min(count, 10) }, (_none, index) => {
    const type = fields.get(`MediaContentType${String(index)}`) ?? ''
    return /^[a-z]+\/[a-z0-9.+-]{1,60}$/i.test(type) ? type : 'a file'
  })
  return types.length === 0 ? 'a message without words' : `without words: ${types.join(', ')}`
}

/** A number without its scheme; `undefined` for short codes, names, and addresses of another medium. */
function numberOf(raw: string | undefined, { scheme }: Medium): string | undefined {
  const text = raw?.trim() ?? ''
  const number = text.startsWith(scheme) ? text.slice(scheme.length) : ''
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : undefined
}

function isForUs(fields: WebhookFields, medium: Medium): boolean {
  const to = fields.get('To')?.trim() ?? ''
  const isOurs = to.startsWith(medium.scheme) && medium.ownNumbers.includes(to.slice(medium.scheme.length))
  const service = medium.messagingServiceSid
  const isOfService = service !== undefined && fields.get('MessagingServiceSid') === service
  return isOurs || (isOfService && to.startsWith('whatsapp:') === (medium.scheme === 'whatsapp:'))
}
