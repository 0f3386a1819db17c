import { InviteMeError, type FactReference, type InboundFact } from '@invite-me/core/channel'
import { createHash } from 'node:crypto'
import PostalMime, { type Email } from 'postal-mime'
import { parseEmailAddress } from './address.ts'
import { explainAutomatic, hasAutomaticSubject } from './automatic-mail.ts'
import { readDeliveryReport, type DeliveryReport } from './bounce.ts'
import type { ReturnAddresses } from './compose.ts'
import { replyText } from './reply-text.ts'
import { taggedAddress, tokenPlace, type TaggedAddress } from './tagged-address.ts'

/** What reading a mail needs beside it. */
export interface ReceiveOptions extends ReturnAddresses {
  readonly maxBytes: number
  /** Unix milliseconds. */
  readonly now: number
}

/** Headers that may name the address a mail was for, in the order they are believed. */
const recipientHeaders = [
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'to',
  'cc',
  'resent-to',
  'x-forwarded-to',
]

/** Used where no reply address is set up, so that mail kept from before still finds its question. */
const usualReply = taggedAddress(`reply+${tokenPlace}@`)
const usualBounce = taggedAddress(`bounce+${tokenPlace}@`)

/**
 * Turns one raw mail into facts: an answer, a failed delivery, or something to be ignored. Nothing a machine wrote is
 * ever an answer.
 *
 * The body is the raw mail, `content-type: message/rfc822`. The headers `x-envelope-from` (empty for the null sender) and
 * `x-envelope-to` may tell what the mail server was told.
 *
 * @returns one fact; its id is the same whenever the same mail comes again
 * @throws InviteMeError `REQUEST_INVALID` when it is no mail or too large
 */
export async function receiveEmail(
  request: Request,
  options: ReceiveOptions,
): Promise<readonly InboundFact[]> {
  const raw = await readBody(request, options.maxBytes)
  const format = textFormat(raw)
  const mail = await parse(format === 'fixed' ? raw : asFixed(raw))
  const envelopeFrom = request.headers.get('x-envelope-from')?.replace(/^<|>$/g, '')
  const addresses = addressesOf(mail, request.headers.get('x-envelope-to') ?? '')
  const replyToken = findToken(addresses, options.reply ?? usualReply)
  const bounceToken = findToken(addresses, options.bounce ?? usualBounce)
  const token = replyToken ?? bounceToken
  const base = { id: factId(mail, raw, token), at: new Date(options.now) }
  const ignored = (reason: string): readonly InboundFact[] => [{ ...base, kind: 'ignored', reason }]

  const report = await readDeliveryReport(mail)
  if (report !== undefined) return reportFacts(report, token, base)
  const automatic =
    explainAutomatic(mail.headers, envelopeFrom) ??
    (hasAutomaticSubject(mail.subject ?? '') ? 'the subject is that of an automatic reply' : undefined)
  if (automatic !== undefined) return ignored(automatic)
  if (replyToken === undefined) return ignored('the mail was not sent to a reply address of ours')
  const text = replyText({ text: mail.text, html: mail.html, format })
  if (text === '') return ignored('the mail holds nothing but what it replies to')
  const sender = parseEmailAddress(mail.from?.address ?? '')
  return [
    {
      ...base,
      kind: 'answer',
      reference: { by: 'token', token: replyToken },
      input: { kind: 'text', text },
      ...(sender.ok ? { from: sender.address } : {}),
    },
  ]
}

function reportFacts(
  { action, messageId, outcome }: DeliveryReport,
  token: string | undefined,
  base: { readonly id: string; readonly at: Date },
): readonly InboundFact[] {
  if (outcome === undefined)
    return [
      { ...base, kind: 'ignored', reason: `a delivery report that says ${action.slice(0, 20) || 'nothing'}` },
    ]
  if (token === undefined && messageId === undefined) {
    return [{ ...base, kind: 'ignored', reason: 'a bounce that does not say of which message' }]
  }
  const reference: FactReference =
    token === undefined
      ? { by: 'provider-message', providerMessageId: messageId ?? '' }
      : { by: 'token', token }
  return [{ ...base, kind: 'failed', reference, outcome }]
}

/** @throws InviteMeError `REQUEST_INVALID` */
async function readBody(request: Request, maxBytes: number): Promise<Buffer> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^message\/rfc822\b/i.test(type)) throw refused('send the raw mail with content-type message/rfc822')
  const tooLarge = () => refused(`the mail is larger than ${maxBytes} bytes`)
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  if (size === 0) throw refused('the mail is empty')
  return Buffer.concat(chunks)
}

/** @throws InviteMeError `REQUEST_INVALID` */
async function parse(raw: Buffer): Promise<Email> {
  try {
    return await PostalMime.parse(raw, {
      maxNestingDepth: 50,
      maxHeadersSize: 256 * 1024,
      maxRfc822NestingDepth: 2,
    })
  } catch (cause) {
    throw new InviteMeError('REQUEST_INVALID', 'The mail cannot be read: its MIME structure is broken.', {
      field: 'body',
      cause,
    })
  }
}

function refused(reason: string): InviteMeError {
  return new InviteMeError('REQUEST_INVALID', `The mail cannot be taken: ${reason}.`, { field: 'body' })
}

const flowedType = /^content-type:[ \t]*text\/plain\b(?:[^\r\n]|\r?\n[ \t])*/gim

/** How the text part breaks its lines, as its Content-Type says. */
function textFormat(raw: Buffer): 'fixed' | 'flowed' | 'delsp' {
  const type = raw
    .toString('latin1')
    .match(flowedType)
    ?.find((value) => /format="?flowed/i.test(value))
  if (type === undefined) return 'fixed'
  return /delsp="?yes/i.test(type) ? 'delsp' : 'flowed'
}

/**
 * Keeps the parser from joining flowed lines: it joins a quoted line with the answer below it (RFC 3676 §4.5 forbids
 * that), and the answer would be taken for quotation. `replyText` joins them right.
 */
function asFixed(raw: Buffer): Buffer {
  const text = raw
    .toString('latin1')
    .replace(flowedType, (type) => type.replace(/format=("?)flowed/gi, 'format=$1fixed'))
  return Buffer.from(text, 'latin1')
}

/** Bare addresses the mail was for, the envelope's first. */
function addressesOf(mail: Email, envelopeTo: string): readonly string[] {
  const headers = recipientHeaders.flatMap((name) => mail.headers.filter(({ key }) => key === name))
  const written = [envelopeTo, ...headers.map(({ value }) => value)].join(',').slice(0, 20_000)
  // Only addresses of plain characters can be ours, so finding them needs no grammar.
  return written.match(/[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}/g) ?? []
}

function findToken(addresses: readonly string[], family: TaggedAddress): string | undefined {
  for (const address of addresses) {
    const token = family.tokenIn(address)
    if (token !== undefined) return token
  }
  return undefined
}

function factId(mail: Email, raw: Buffer, token: string | undefined): string {
  const hash = createHash('sha256')
  if (mail.messageId === undefined) hash.update(raw)
  else hash.update(`${mail.messageId}\n${token ?? ''}`)
  return hash.digest('hex')
}
