import type { InviteMe } from '@invite-me/core'
import { listenOnLoopback } from '@invite-me/server/listen'
import { createPortal } from '@invite-me/server/portal'

/** A portal that is served on this machine. */
export interface PortalListener {
  /** Where it is served: `http://127.0.0.1:8080`, followed by the path of the public address. */
  readonly url: string
  /** Begins to answer from this engine; before, every request is asked to come back. */
  serve(inviteMe: InviteMe): void
  close(): Promise<void>
}

/**
 * Serves the pages people answer on, on the loopback interface.
 *
 * @param port 0 takes any free one
 * @param publicUrl address under which people reach it, for example through a proxy that keeps the path
 * @throws InviteMeError `OPTIONS_INVALID` when the port cannot be had
 */
export async function listenForPortal(port: number, publicUrl: string | undefined): Promise<PortalListener> {
  const path = publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '')
  let portal: ReturnType<typeof createPortal> | undefined
  const notYet = (): Response =>
    new Response('Try again in a moment.', { status: 503, headers: { 'retry-after': '1' } })
  const listening = await listenOnLoopback((request) => portal?.(request) ?? notYet(), { port })
  return {
    url: `${listening.url}${path}`,
    serve: (inviteMe) => {
      portal = createPortal(inviteMe, { path })
    },
    close: () => listening.close(),
  }
}
