import { isInviteMeError, type ProbeResult, type SendOutcome } from '@invite-me/core/channel'
import type { ComposedEmail } from './compose.ts'
import { describeFailure } from './describe-failure.ts'
import type { Departure, MailTransport } from './mail-transport.ts'
import { openTransport } from './open-transport.ts'
import type { EmailOptions } from './options.ts'
import { mailSigner } from './sign-mail.ts'

/** Where composed mails are handed in. Trouble is a value everywhere. */
export interface MailPost {
  send(mail: ComposedEmail, signal: AbortSignal): Promise<SendOutcome>
  probe(signal: AbortSignal): Promise<ProbeResult>
  close(): Promise<void>
}

/** Makes a post from options. Nothing is loaded and nothing is opened before the first mail. */
export function mailPost(options: EmailOptions): MailPost {
  const sign = options.dkim === undefined ? undefined : mailSigner(options.dkim)
  let opening: Promise<MailTransport> | undefined
  let isClosed = false
  const transport = () => {
    // A failure is not kept: what was missing may be there the next time.
    opening ??= openTransport(options).catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
  return {
    send: async (mail, signal) => {
      if (isClosed) return { status: 'retryable', scope: 'provider', detail: 'The channel is closed.' }
      const departure: Departure = { isOut: false }
      try {
        // Begun before anything is waited for, so that closing meanwhile closes it, too.
        const opened = await transport()
        const { envelope, head, body } = sign === undefined ? mail : await sign(mail)
        const outgoing = { envelope, bytes: Buffer.from(`${head}\r\n${body}`) }
        await opened.send(outgoing, departure, signal)
        return { status: 'accepted', providerMessageId: mail.messageId }
      } catch (error) {
        if (!isInviteMeError(error)) return describeFailure(error, departure)
        if (error.code !== 'PEER_MISSING') throw error
        // Thrown, it would look as if the mail might have left. Nothing did, and nothing can until it is installed.
        const { code: providerCode, message: detail } = error
        return { status: 'permanent_config', scope: 'provider', providerCode, detail }
      }
    },
    probe: async (signal) => {
      try {
        await (await transport()).verify(signal)
        return { ok: true, detail: 'The mail server answers and takes the login.' }
      } catch (error) {
        if (isInviteMeError(error)) return { ok: false, detail: error.message }
        const { detail, providerCode } = describeFailure(error, { isOut: false })
        return { ok: false, detail: providerCode === undefined ? `${detail}` : `${detail} (${providerCode})` }
      }
    },
    close: async () => {
      isClosed = true
      const open = await opening?.catch(() => undefined)
      open?.close()
    },
  }
}
