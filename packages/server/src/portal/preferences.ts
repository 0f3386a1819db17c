import { isInviteMeError, type PreferenceView } from '@invite-me/core'
import { troublePage, troubleStatus } from './message-pages.ts'
import { isFromPage, nonceFor, type LinkRequest } from './portal-request.ts'
import {
  choicesOf,
  draftOf,
  readDraft,
  type OpenPreferences,
  type PreferenceDraft,
} from './preference-draft.ts'
import { preferencesExpiredPage, preferencesPage } from './preferences-page.ts'
import { readForm } from './read-form.ts'
import { refuseForm } from './refusals.ts'
import { redirectTo, respondWithPage } from './respond-with-page.ts'
import { pageLanguage, type PageLanguage } from './texts.ts'

/** Shows the page behind a link to preferences. Changes nothing, however often it is fetched. */
export async function showPreferences(link: LinkRequest): Promise<Response> {
  const view = await link.world.links.preferences(link.token)
  const language = languageOf(view, link)
  if (view.status !== 'open') return respondWithout(view, language)
  const isSaved = new URL(link.request.url).searchParams.has('done')
  const note = isSaved ? language.texts.preferences.saved : undefined
  return respondWithForm(link, view, 200, { draft: draftOf(view), note })
}

/** Saves what was chosen on the page. */
export async function takePreferences(link: LinkRequest): Promise<Response> {
  const view = await link.world.links.preferences(link.token)
  const language = languageOf(view, link)
  if (view.status !== 'open') return respondWithout(view, language)
  const form = await readForm(link.request)
  if (!form.ok) return refuseForm(form.status, language)
  const draft = readDraft(form.fields, view)
  if (!(await isFromPage(link, form.fields)))
    return respondWithForm(link, view, 403, { draft, note: language.texts.tooOldNote })
  const wanted = choicesOf(draft, view, language)
  if ('hint' in wanted) return respondWithForm(link, view, 422, { draft, hint: wanted.hint })
  try {
    const { status } = await link.world.links.savePreferences(link.token, wanted.choices)
    return status === 'done' ? redirectTo(`${link.token}?done`) : respondWithout({ status }, language)
  } catch (error) {
    // Only a form that was not made here holds what the engine refuses: a zone that is none.
    if (!isInviteMeError(error) || error.code !== 'REQUEST_INVALID') throw error
    return refuseForm(400, language)
  }
}

function respondWithout(
  { status }: { readonly status: 'expired' | 'unknown' },
  language: PageLanguage,
): Promise<Response> {
  return status === 'expired'
    ? respondWithPage(preferencesExpiredPage(language), 200)
    : respondWithPage(troublePage('unknown', language), troubleStatus.unknown)
}

async function respondWithForm(
  link: LinkRequest,
  view: OpenPreferences,
  status: number,
  shown: {
    readonly draft: PreferenceDraft
    readonly note?: string | undefined
    readonly hint?: string | undefined
  },
): Promise<Response> {
  const language = languageOf(view, link)
  const page = { view, token: link.token, nonce: await nonceFor(link), language, ...shown }
  return respondWithPage(preferencesPage(page), status)
}

function languageOf(view: PreferenceView, link: LinkRequest): PageLanguage {
  return pageLanguage(view.status === 'unknown' ? link.accepted : [view.locale, ...link.accepted])
}
