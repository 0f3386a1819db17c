import type { LinkView } from '@invite-me/core'
import { troublePage, troubleStatus, unsubscribedPage, unsubscribePage } from './message-pages.ts'
import { isFromPage, nonceFor, type LinkRequest } from './portal-request.ts'
import { readForm } from './read-form.ts'
import { refuseForm } from './refusals.ts'
import { respondWithPage } from './respond-with-page.ts'
import { pageLanguage, type PageLanguage } from './texts.ts'

/** Shows the page behind an `unsubscribe` link: a button. Changes nothing. */
export async function showUnsubscribe(link: LinkRequest): Promise<Response> {
  const view = await link.world.links.open(link.token, link.purpose)
  const language = languageOf(view, link)
  if (view.status === 'unknown')
    return respondWithPage(troublePage('unknown', language), troubleStatus.unknown)
  return respondWithPage(
    unsubscribePage(channelOf(view), { token: link.token, nonce: await nonceFor(link), language }),
    200,
  )
}

/**
 * Stops the messages: from the page, or by the one click of a mail program, which posts `List-Unsubscribe=One-Click`
 * without having seen the page and follows no redirect (RFC 8058 §3.2).
 */
export async function unsubscribe(link: LinkRequest): Promise<Response> {
  const view = await link.world.links.open(link.token, link.purpose)
  const language = languageOf(view, link)
  if (view.status === 'unknown')
    return respondWithPage(troublePage('unknown', language), troubleStatus.unknown)
  const form = await readForm(link.request)
  if (!form.ok) return refuseForm(form.status, language)
  const isOneClick = form.fields['List-Unsubscribe']?.[0] === 'One-Click'
  if (!isOneClick && !(await isFromPage(link, form.fields))) {
    const page = unsubscribePage(channelOf(view), {
      token: link.token,
      nonce: await nonceFor(link),
      language,
      note: language.texts.tooOldNote,
    })
    return respondWithPage(page, 403)
  }
  const { status } = await link.world.links.unsubscribe(link.token)
  if (status === 'unknown') return respondWithPage(troublePage('unknown', language), troubleStatus.unknown)
  return respondWithPage(unsubscribedPage(language), 200)
}

function channelOf(view: LinkView): string | undefined {
  return view.status === 'open' && view.channel !== '' ? view.channel : undefined
}

function languageOf(view: LinkView, link: LinkRequest): PageLanguage {
  return pageLanguage(view.status === 'unknown' ? link.accepted : [view.locale, ...link.accepted])
}
