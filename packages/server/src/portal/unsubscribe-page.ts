import type { LinkView } from '@invite-me/core'
import { categoryTitle } from './category-title.ts'
import {
  troublePage,
  troubleStatus,
  unsubscribedPage,
  unsubscribePage,
  type Stoppable,
} from './message-pages.ts'
import { ownFields } from './own-fields.ts'
import { isFromPage, nonceFor, type LinkRequest } from './portal-request.ts'
import { readForm } from './read-form.ts'
import { refuseForm } from './refusals.ts'
import { redirectTo, respondWithPage } from './respond-with-page.ts'
import { pageLanguage, type PageLanguage } from './texts.ts'

/** Shows the page behind an `unsubscribe` link: a button. Changes nothing. */
export async function showUnsubscribe(link: LinkRequest): Promise<Response> {
  const view = await link.world.links.open(link.token, 'unsubscribe')
  const language = languageOf(view, link)
  if (view.status === 'unknown')
    return respondWithPage(troublePage('unknown', language), troubleStatus.unknown)
  return respondWithPage(
    unsubscribePage(stopOf(view, language), { token: link.token, nonce: await nonceFor(link), language }),
    200,
  )
}

/**
 * Stops the messages: from the page, or by the one click of a mail program, which posts `List-Unsubscribe=One-Click`
 * without having seen the page and follows no redirect (RFC 8058 §3.2).
 */
export async function unsubscribe(link: LinkRequest): Promise<Response> {
  const view = await link.world.links.open(link.token, 'unsubscribe')
  const language = languageOf(view, link)
  if (view.status === 'unknown')
    return respondWithPage(troublePage('unknown', language), troubleStatus.unknown)
  const form = await readForm(link.request)
  if (!form.ok) return refuseForm(form.status, language)
  const isOneClick = form.fields['List-Unsubscribe']?.[0] === 'One-Click'
  if (!isOneClick && !(await isFromPage(link, form.fields))) {
    const page = unsubscribePage(stopOf(view, language), {
      token: link.token,
      nonce: await nonceFor(link),
      language,
      note: language.texts.tooOldNote,
    })
    return respondWithPage(page, 403)
  }
  const stop = stopOf(view, language)
  const wanted = form.fields[ownFields.stop]?.[0]
  if (!isOneClick && wanted === 'preferences' && stop.hasPreferences) return openPreferences(link, language)
  // The one click of a mail program stops no more than what the mail was about.
  const isNarrow = stop.kind !== undefined && (isOneClick || wanted === 'category')
  const { status } = await link.world.links.unsubscribe(link.token, {
    from: isNarrow ? 'category' : 'everything',
    by: isOneClick ? 'one-click' : 'link',
  })
  if (status === 'unknown') return respondWithPage(troublePage('unknown', language), troubleStatus.unknown)
  return respondWithPage(unsubscribedPage(language, isNarrow ? stop : undefined), 200)
}

/** Leads a known person to their preferences, by a link of its own. */
async function openPreferences(link: LinkRequest, language: PageLanguage): Promise<Response> {
  const made = await link.world.links.preferencesOf(link.token)
  return made.status === 'done'
    ? redirectTo(`../p/${made.token}`)
    : respondWithPage(troublePage('unknown', language), troubleStatus.unknown)
}

/** What the page can stop. */
function stopOf(view: LinkView, language: PageLanguage): Stoppable {
  if (view.status !== 'open') return { channel: undefined, kind: undefined, hasPreferences: false }
  const category = view.stop?.category ?? undefined
  return {
    channel: view.channel === '' ? undefined : view.channel,
    kind: category === undefined ? undefined : categoryTitle(category, language),
    hasPreferences: view.stop?.hasPreferences === true,
  }
}

function languageOf(view: LinkView, link: LinkRequest): PageLanguage {
  return pageLanguage(view.status === 'unknown' ? link.accepted : [view.locale, ...link.accepted])
}
