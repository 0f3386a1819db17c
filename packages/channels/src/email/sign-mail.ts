import { createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { ComposedEmail } from './compose.ts'
import type { EmailOptions } from './options.ts'

/** Adds a DKIM signature to a composed mail. */
export type MailSigner = (mail: ComposedEmail) => Promise<ComposedEmail>

/** Fields that are signed where they are present. RFC 8058 §4 wants both unsubscribe fields covered. */
const signedFields = (
  'from to subject date message-id reply-to in-reply-to references mime-version content-type auto-submitted feedback-id ' +
  'list-unsubscribe list-unsubscribe-post'
).split(' ')

/** Named once more than they are there, so that nobody can add a second one above them (RFC 6376 §8.15). */
const oversigned = new Set(['from', 'to', 'subject', 'list-unsubscribe', 'list-unsubscribe-post'])

const signAsync = promisify(sign)

/**
 * Makes a signer (RFC 6376, rsa-sha256, relaxed/relaxed). The key is read once; the work is done off the main thread.
 *
 * nodemailer's own signer is not used: it cannot name a field twice.
 */
export function mailSigner({
  domainName,
  keySelector,
  privateKey,
}: NonNullable<EmailOptions['dkim']>): MailSigner {
  const key = createPrivateKey(privateKey)
  return async (mail) => {
    const fields = readFields(mail.head)
    const present = signedFields.filter((name) => fields.has(name))
    const names = [...present, ...present.filter((name) => oversigned.has(name))]
    const field =
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domainName};\r\n` +
      ` s=${keySelector}; h=${names.join(':\r\n ')};\r\n` +
      ` bh=${hashOfBody(mail.body)};\r\n b=`
    // A name without a field left for it stands for nothing at all (RFC 6376 §5.4.2).
    const covered = present.map((name) => `${name}:${fields.get(name) ?? ''}\r\n`).join('')
    const signature = await signatureOf(
      `${covered}dkim-signature:${relaxValue(field.slice(field.indexOf(':') + 1))}`,
      key,
    )
    return { ...mail, head: `${field}${signature.replace(/.{72}(?=.)/g, '$&\r\n ')}\r\n${mail.head}` }
  }
}

async function signatureOf(text: string, key: KeyObject): Promise<string> {
  return (await signAsync('sha256', Buffer.from(text), key)).toString('base64')
}

/** Relaxed values by name (RFC 6376 §3.4.2). Our mails have every field once. */
function readFields(head: string): ReadonlyMap<string, string> {
  const fields = head.split(/\r\n(?![ \t])/).filter((field) => field !== '')
  return new Map(
    fields.map((field) => {
      const colon = field.indexOf(':')
      return [field.slice(0, colon).toLowerCase(), relaxValue(field.slice(colon + 1))]
    }),
  )
}

function relaxValue(value: string): string {
  return value
    .replaceAll('\r\n', '')
    .replace(/[ \t]+/g, ' ')
    .trim()
}

/** RFC 6376 §3.4.4. A body of ours ends with its boundary, so there are no empty lines after it to leave out. */
function hashOfBody(body: string): string {
  const relaxed = body.replace(/[ \t]+/g, ' ').replaceAll(' \r\n', '\r\n')
  return createHash('sha256').update(relaxed).digest('base64')
}
