import { InviteMeError } from '@invite-me/core/channel'
import PostalMime, { type Email } from 'postal-mime'
import { readRawBody } from '../shared/webhook.ts'

/** A mail as it came in, taken apart. */
export interface IncomingMail {
  readonly mail: Email
  /** Every byte, as they came. */
  readonly raw: Buffer
  /** How the text part breaks its lines, as its Content-Type says. */
  readonly format: 'fixed' | 'flowed' | 'delsp'
  /** The sender the mail server was told, `''` for the null sender; undefined when unknown. */
  readonly envelopeFrom: string | undefined
  /** Bare addresses the mail was for, the envelope's first. */
  readonly recipients: readonly string[]
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

/** @throws InviteMeError `REQUEST_INVALID` when it is no mail · `BODY_TOO_LARGE` */
export async function readMail(request: Request, maxBytes: number): Promise<IncomingMail> {
  const raw = await readBody(request, maxBytes)
  const format = textFormat(raw)
  const mail = await parse(format === 'fixed' ? raw : asFixed(raw))
  const headers = recipientHeaders.flatMap((name) => mail.headers.filter(({ key }) => key === name))
  const recipients = [request.headers.get('x-envelope-to') ?? '', ...headers.map(({ value }) => value)]
  return {
    mail,
    raw,
    format,
    envelopeFrom: request.headers.get('x-envelope-from')?.replace(/^<|>$/g, ''),
    recipients: addressesIn(recipients.join(',')),
  }
}

/** Bare addresses in a header's value. Only those of plain characters can be ours, so finding them needs no grammar. */
export function addressesIn(value: string): readonly string[] {
  return value.slice(0, 20_000).match(/[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}/g) ?? []
}

/** @throws InviteMeError `REQUEST_INVALID` · `BODY_TOO_LARGE` */
async function readBody(request: Request, maxBytes: number): Promise<Buffer> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^message\/rfc822\b/i.test(type)) throw refused('send the raw mail with content-type message/rfc822')
  const raw = await readRawBody(request, maxBytes)
  if (raw.length === 0) throw refused('the mail is empty')
  return Buffer.from(raw.buffer)
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

function textFormat(raw: Buffer): IncomingMail['format'] {
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
