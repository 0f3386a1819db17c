import type { CatalogueOption } from '@invite-me/channels/catalog'
import { InviteMeError } from '@invite-me/core/channel'
import { z } from 'zod'

const mailboxSchema = z.strictObject({
  host: z.string().min(1, 'give the name of the mail server'),
  port: z.int().min(1).max(65_535).exactOptional(),
  secure: z.boolean().exactOptional(),
  requireTls: z.boolean().exactOptional(),
  auth: z.strictObject({ user: z.string().min(1), pass: z.string().min(1) }),
  mailbox: z.string().min(1).exactOptional(),
  moveTo: z.string().min(1).exactOptional(),
  everyMs: z.int().min(1_000).exactOptional(),
})

/** The mailbox `--poll email` reads, as `pollMailbox` of the channels takes it. */
export type MailboxSettings = z.output<typeof mailboxSchema>

const place = 'inbound.email.imap'

/** What can be set about the mailbox of `--poll email`, below `inbound.email.imap` in the config file. */
export const mailboxOptions: readonly CatalogueOption[] = [
  option('host', 'string', 'Mail server of the mailbox replies come to.', { isRequired: true }),
  option('port', 'number', 'Its port; default 993, or 143 without `secure`.'),
  option('secure', 'boolean', 'TLS from the first byte; default true. Without it STARTTLS, where offered.'),
  option('requireTls', 'boolean', 'Without `secure`: refuse to log in unencrypted; default false.'),
  option('auth.user', 'string', 'Who logs in.', { isRequired: true }),
  option('auth.pass', 'string', 'Their password.', { isRequired: true, isSecret: true }),
  option('mailbox', 'string', 'Folder that is read; everything in it is marked as read. Default INBOX.'),
  option('moveTo', 'string', 'Folder mail is moved to once it is taken in; default it stays.'),
  option('everyMs', 'number', 'Longest pause between two looks; default 60000.'),
]

function option(
  name: string,
  type: string,
  description: string,
  marks: Partial<Pick<CatalogueOption, 'isRequired' | 'isSecret'>> = {},
): CatalogueOption {
  const last = name
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()
  const env = `INVITE_ME_INBOUND_EMAIL_IMAP_${last}`
  return { name, env, type, description, isRequired: false, isSecret: false, ...marks }
}

/**
 * Reads the settings of the mailbox.
 *
 * @param written what stands in the config file and the environment; absent when nothing does
 * @throws InviteMeError `OPTIONS_INVALID` naming the field and where to set it, never its value
 */
export function readMailboxSettings(written: Readonly<Record<string, unknown>> = {}): MailboxSettings {
  const parsed = mailboxSchema.safeParse(written)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw wrongMailbox(issue?.path.join('.') ?? '', issue?.message ?? 'wrong')
}

/** Says that the mailbox cannot be read, and where what is wrong about it is set. */
export function wrongMailbox(name: string, reason: string, cause?: unknown): InviteMeError {
  const field = name === '' ? place : `${place}.${name}`
  const variables = mailboxOptions.filter((known) => known.name === name || known.name.startsWith(`${name}.`))
  const beside = variables.map(({ env }) => ` or ${env}`).join('')
  return new InviteMeError(
    'OPTIONS_INVALID',
    `The mailbox of --poll email cannot be read: ${reason}. Set ${field} in invite-me.config.yaml${beside}.`,
    { field, ...(cause === undefined ? {} : { cause }) },
  )
}
