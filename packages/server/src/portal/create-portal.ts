import { isInviteMeError, type InviteMe } from '@invite-me/core'
import type { Clock, Log } from '@invite-me/core/channel'
import { Hono } from 'hono'
import { acceptedLocales } from './choose-language.ts'
import { troublePage, troubleStatus } from './message-pages.ts'
import type { LinkRequest, PortalWorld } from './portal-request.ts'
import { showPreferences, takePreferences } from './preferences.ts'
import { refuseMethod } from './refusals.ts'
import { showQuestion, takeAnswer } from './respond-page.ts'
import { respondWithPage } from './respond-with-page.ts'
import { pageLanguage } from './texts.ts'
import { showUnsubscribe, unsubscribe } from './unsubscribe-page.ts'
import { standardErrorLog } from '../standard-error-log.ts'

/** How a portal is set up. */
export interface PortalOptions {
  /** Where it is mounted, without a slash at the end: `/invitations`. Default the root. */
  readonly path?: string
  /** Where its own failures are told; default standard error. */
  readonly log?: Log
  /** Time, for the age of pages; default the system's. */
  readonly clock?: Pick<Clock, 'now'>
}

/** Longer than any token of ours; anything else is not looked up. */
const tokenShape = /^[A-Za-z0-9_-]{16,128}$/

/**
 * Makes the pages people answer on: `/r/:token` for a question, `/u/:token` to stop messages,
 * `/p/:token` for what a person wants to get. The result is a Web-standard
 * handler for any framework or server. The pages work without scripts and cookies; fetching them changes nothing.
 *
 * @param inviteMe the engine; only its `links` are used
 * @returns a handler that never rejects: its own failures are logged and answered with 500
 * @example
 * const portal = createPortal(inviteMe)
 * app.use('/r/*', (context) => portal(context.req.raw)) // Hono
 */
export function createPortal(
  inviteMe: Pick<InviteMe, 'links'>,
  options: PortalOptions = {},
): (request: Request) => Promise<Response> {
  const { path = '', log = standardErrorLog, clock = { now: () => Date.now() } } = options
  const world: PortalWorld = { links: inviteMe.links, clock, log }
  const pages = {
    respond: { show: showQuestion, take: takeAnswer },
    unsubscribe: { show: showUnsubscribe, take: unsubscribe },
    preferences: { show: showPreferences, take: takePreferences },
  } as const

  const answerWith = (purpose: keyof typeof pages) => (request: Request, token: string) => {
    const accepted = acceptedLocales(request.headers.get('accept-language'))
    if (!tokenShape.test(token)) return respondWithTrouble('unknown', request)
    const link: LinkRequest = { world, request, token, purpose, accepted }
    if (request.method === 'GET' || request.method === 'HEAD') return pages[purpose].show(link)
    return request.method === 'POST'
      ? pages[purpose].take(link)
      : refuseMethod(pageLanguage(accepted), 'GET, HEAD, POST')
  }
  const respond = answerWith('respond')
  const stop = answerWith('unsubscribe')
  const prefer = answerWith('preferences')
  const app = new Hono({ strict: true })
    .basePath(path)
    .all('/r/:token', (context) => respond(context.req.raw, context.req.param('token')))
    .all('/u/:token', (context) => stop(context.req.raw, context.req.param('token')))
    .all('/p/:token', (context) => prefer(context.req.raw, context.req.param('token')))
  app.notFound((context) => respondWithTrouble('unknown', context.req.raw))
  app.onError((error) => {
    throw error
  })
  return async (request) => {
    try {
      return await app.fetch(request)
    } catch (error) {
      logFailure(log, request, error)
      return respondWithTrouble('failed', request)
    }
  }
}

/** Answers where no link's own language is known. */
function respondWithTrouble(trouble: keyof typeof troubleStatus, request: Request): Promise<Response> {
  const language = pageLanguage(acceptedLocales(request.headers.get('accept-language')))
  return respondWithPage(troublePage(trouble, language), troubleStatus[trouble])
}

/** Tells what failed without the address, which holds a secret. */
function logFailure(log: Log, request: Request, error: unknown): void {
  log.error('The portal could not answer a request.', {
    method: request.method,
    ...(isInviteMeError(error) && { code: error.code }),
    error: error instanceof Error ? `${error.name}: ${error.message}` : typeof error,
  })
}
