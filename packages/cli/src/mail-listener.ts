import { listenForMail, type MailListener } from '@invite-me/channels/email-inbound'
import type { ChannelOptions } from './config.ts'

/**
 * Listens for replies by SMTP on the loopback interface.
 *
 * @param options of the e-mail channel: mail to the addresses it gives out is taken, all other is refused
 * @throws InviteMeError `OPTIONS_INVALID` when the port cannot be had, `PEER_MISSING` without smtp-server
 */
export function listenForReplies(
  port: number,
  options: ChannelOptions = {},
  receive: (request: Request) => Promise<Response>,
): Promise<MailListener> {
  return listenForMail({ port, receive, accepts: (address) => isOurs(address.toLowerCase(), options) })
}

function isOurs(address: string, { replyAddress, unsubscribeMailto }: ChannelOptions): boolean {
  if (/^(?:reply|bounce)\+[^@]+@/.test(address)) return true
  if (typeof unsubscribeMailto === 'string' && address === unsubscribeMailto.toLowerCase()) return true
  if (typeof replyAddress !== 'string') return false
  const [before = '', after = ''] = replyAddress.toLowerCase().split('{token}')
  return (
    address.length > before.length + after.length && address.startsWith(before) && address.endsWith(after)
  )
}
