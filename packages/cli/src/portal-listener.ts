import type { InviteMe } from '@invite-me/core'
import type { Log } from '@invite-me/core/channel'
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
 * Serves the pages people answer on, on the loopback interface, and takes in what providers report at `/webhooks/<channel>`.
 *
 * @param port 0 takes any free one
 * @param publicUrl address under which people reach it, for example through a proxy that keeps the path
 * @throws InviteMeError `OPTIONS_INVALID` when the port cannot be had
 */
export async function listenForPortal(
  port: number,
  publicUrl: string | undefined,
  log: Log,
): Promise<PortalListener> {
  const path = publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '')
  let serve: (request: Request) => Response | Promise<Response> = notYet
  const listening = await listenOnLoopback((request) => serve(request), { port })
  return {
    url: `${listening.url}${path}`,
    serve: (inviteMe) => {
      const portal = createPortal(inviteMe, { path })
      serve = (request) => {
        const channel = channelOf(request, path)
        return channel === undefined ? portal(request) : takeReport(inviteMe, channel, { request, log })
      }
    },
    close: () => listening.close(),
  }
}

function notYet(): Response {
  return new Response('Try again in a moment.', { status: 503, headers: { 'retry-after': '1' } })
}

/** The channel a provider's report is for: `/webhooks/twilio-sms` below the public path. */
function channelOf({ url }: Request, path: string): string | undefined {
  const { pathname } = new URL(url)
  return pathname.startsWith(path)
    ? /^\/webhooks\/([a-z0-9-]{1,40})$/.exec(pathname.slice(path.length))?.[1]
    : undefined
}

/** @returns what the provider expects; never rejects, so that a provider is told to try again after a fault of ours */
async function takeReport(
  inviteMe: InviteMe,
  channel: string,
  { request, log }: { readonly request: Request; readonly log: Log },
): Promise<Response> {
  if (isLooking(request) && inviteMe.channels.list().some(({ name }) => name === channel)) {
    return new Response('Providers post their reports here.', { status: 405, headers: { allow: 'POST' } })
  }
  try {
    return await inviteMe.handleWebhook(channel, request)
  } catch (error) {
    log.error('A report could not be taken in', {
      channel,
      error: error instanceof Error ? error.name : 'unknown',
    })
    return new Response('Try again later.', { status: 500 })
  }
}

/** Some providers report by GET, but then in the query; without one it is somebody with a browser, or a scanner. */
function isLooking({ method, url }: Request): boolean {
  return (method === 'GET' || method === 'HEAD') && new URL(url).search === ''
}
