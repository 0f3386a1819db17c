import type { InviteMe } from '@invite-me/core'
import { InviteMeError, type Channel } from '@invite-me/core/channel'
import type { Session } from './session.ts'

/** The ways answers can come in while a command waits. */
export interface ListenerFlags {
  readonly wait?: boolean
  readonly listenMail?: number
  readonly portalPort?: number
  readonly publicUrl?: string
}

/** Listeners at work; they refuse until an engine is there to take what comes in. */
export interface AnswerListeners {
  /** Address under which people reach the portal; absent when none is served and none was named. */
  readonly portalUrl: string | undefined
  open(inviteMe: InviteMe): Promise<void>
  /** May be called twice. */
  close(): Promise<void>
}

/**
 * Binds the ports on which answers come in.
 *
 * @throws InviteMeError `REQUEST_INVALID` when the flags do not fit together or a port cannot be had
 */
export async function listenForAnswers(
  { output }: Session,
  channels: readonly Channel[],
  flags: ListenerFlags,
): Promise<AnswerListeners> {
  refuseMisfits(channels, flags)
  const { listenMail, portalPort, publicUrl } = flags
  const closers: (() => Promise<void>)[] = []
  const portal = portalPort === undefined ? undefined : await bindPortal(portalPort, publicUrl)
  if (portal !== undefined) closers.push(portal.close)
  return {
    portalUrl: publicUrl ?? portal?.url,
    open: async (inviteMe) => {
      if (portal !== undefined) {
        portal.serve(inviteMe)
        output.remark(`People answer on ${publicUrl ?? portal.url} (served on ${portal.url})`)
      }
      if (listenMail !== undefined) {
        const { listenForMail } = await import('@invite-me/channels/email-inbound')
        const mail = await listenForMail({
          port: listenMail,
          receive: (request) => inviteMe.receive('email', request),
        })
        closers.push(mail.close)
        output.remark(`Replies by e-mail are taken on 127.0.0.1:${mail.port}`)
      }
    },
    close: async () => {
      await Promise.all(closers.splice(0).map((close) => close()))
    },
  }
}

async function bindPortal(port: number, publicUrl: string | undefined) {
  const { listenForPortal } = await import('./portal-listener.ts')
  return listenForPortal(port, publicUrl)
}

function refuseMisfits(
  channels: readonly Channel[],
  { wait, listenMail, portalPort, publicUrl }: ListenerFlags,
): void {
  if (wait !== true && (listenMail !== undefined || portalPort !== undefined)) {
    throw refuse('Answers can come in only while the command waits for them: add --wait.', '--wait')
  }
  if (publicUrl !== undefined && !(URL.canParse(publicUrl) && /^https?:/.test(publicUrl))) {
    throw refuse('The public address must be a URL such as https://answers.guests.test/.', '--public-url')
  }
  if (
    listenMail !== undefined &&
    !channels.some(({ name, receive }) => name === 'email' && receive !== undefined)
  ) {
    throw refuse(
      'Replies by e-mail belong to the channel email, which is not in use: set it up or add --via email.',
      '--listen-mail',
    )
  }
}

function refuse(message: string, field: string): InviteMeError {
  return new InviteMeError('REQUEST_INVALID', message, { field })
}
